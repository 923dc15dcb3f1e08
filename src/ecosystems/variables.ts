/** Names of environment variables: which ones programs know of themselves, and which ones hold what is another thing with each build. */

/** Read by the system's programs, the shell, compilers and what fetches, whoever set them. */
const ofSystem: readonly RegExp[] = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|HOSTNAME|MAIL|TERM|COLUMNS|LINES|EDITOR|VISUAL|PAGER|BROWSER|TMP|TMPDIR|TEMP|TZ|LANG|LANGUAGE|LC_\w+|XDG_\w+)$/,
  /^(IFS|ENV|BASH\w*|PS[0-4]|CDPATH|GLOBIGNORE|POSIXLY_CORRECT|SHELLOPTS|HISTFILE|UID|EUID|GID|PPID|RANDOM|SECONDS)$/,
  /^(\w+_PROXY|LD_\w+|MALLOC_\w+|GLIBC_\w+|SSL_\w+|OPENSSL_\w+|CURL_\w+|SSLKEYLOGFILE|WGETRC|NETRC|GNUPGHOME|GPG_\w+|SSH_\w+)$/i,
  /^(DEBIAN_\w+|DEBCONF_\w+|DEB_\w+|APT_\w+|DPKG_\w+|UCF_\w+|NEEDRESTART_\w+|ACCEPT_EULA|APK_\w+|RPM_\w+|SYSTEMD_\w+|RUNLEVEL|INITRD|SUDO_\w+|TAR_OPTIONS|GZIP|BZIP2?|XZ_\w+|ZSTD_\w+|UNZIP|GREP_\w+)$/,
  /^(JAVA_\w+|JDK_\w+|_JAVA_OPTIONS|PYTHON\w*|PERL\w*|RUBY\w*|SOURCE_DATE_EPOCH|BUILDKIT_\w+)$/,
];

/** Read by managers of packages, and by what they build or unpack. */
const ofManagers: readonly RegExp[] = [
  /^(CC|CXX|CPP|LD|AR|AS|NM|RANLIB|STRIP|FC|F77|\w*(C|CXX|CPP|LD|F|FC|GO)FLAGS|LIBS|LIBRARY_PATH|CPATH|\w+_INCLUDE_PATH|PKG_CONFIG\w*|MAKE\w*|MFLAGS|CMAKE_\w+|CROSS_COMPILE|ARCH|PREFIX|DESTDIR|V|VERBOSE|DEBUG|CI|OPTIONS|CCACHE_\w+|GIT_\w+)$/,
  /^(PIP\w*|PY_\w+|VIRTUAL_ENV|POETRY_\w+|UV_\w+|PDM_\w+|SETUPTOOLS_\w+|DISTUTILS_\w+|PBR_\w+|CONDA_\w+|MAMBA_\w+|TWINE_\w+|REQUESTS_\w+|CYTHON\w*|USE_\w+|WITH_\w+|WITHOUT_\w+|ENABLE_\w+|DISABLE_\w+|NO_\w+)$/,
  /^(NPM_\w+|NODE\w*|NVM_\w+|YARN_\w+|PNPM_\w+|BUN_\w+|COREPACK_\w+|PUPPETEER_\w+|PLAYWRIGHT_\w+|CYPRESS_\w+|ELECTRON_\w+|SENTRYCLI_\w+|HUSKY\w*|PRISMA_\w+)$/i,
  /^(GO[A-Z0-9]\w*|CGO_\w+|CARGO\w*|RUST\w*|M2\w*|MAVEN_\w+|MVN_\w+|GRADLE_\w+|ORG_GRADLE_\w+|SBT_\w+|KOTLIN_\w+)$/,
  /^(GEM_\w+|BUNDLE\w*|COMPOSER\w*|PHP\w*|PEAR_\w+|MIX_\w+|HEX_\w+|ERL_\w+|ELIXIR_\w+|DOTNET_\w+|NUGET_\w+|MSBUILD\w*|OPAM\w*|STACK_\w+|CABAL_\w+)$/,
];

/** Read by frameworks where they build or start. */
const ofFrameworks: readonly RegExp[] = [
  /^(SENTRY\w*|NEXT_\w+|NUXT_\w+|GATSBY_\w+|REACT_APP_\w+|VITE_\w+|VUE_APP_\w+|TURBO_\w+|NX_\w+|BABEL_ENV)$/i,
  /^(RAILS_\w+|RACK_\w+|SECRET_KEY_BASE|DATABASE_URL|APP_(ENV|DEBUG|KEY|SECRET)|SPRING_\w+|QUARKUS_\w+|ASPNETCORE_\w+|DJANGO_\w+|FLASK_\w+)$/,
];

/** Stamps that begin with a name of git's own, and that git does not know. */
const stampsOfGit =
  /^GIT_?(SHA|COMMIT|REV|REVISION|HASH|BRANCH|TAG|REF|VERSION|DESCRIBE|DATE|HEAD|SHORT|TREE_STATE|DIRTY)(_?(SHA|HASH|ID|SHORT|REF|DATE|TIME|NAME|LONG))?$/;

/** The system itself may go by it, whatever runs. */
export function isKnownToSystem(name: string): boolean {
  return ofSystem.some((one) => one.test(name));
}

/** An install may go by it. */
export function isKnownToManagers(name: string): boolean {
  return !stampsOfGit.test(name) && ofManagers.some((one) => one.test(name));
}

/** What builds a project may go by it. */
export function isKnownToBuilds(name: string): boolean {
  return isKnownToManagers(name) || ofFrameworks.some((one) => one.test(name));
}

/** Of what a build is stamped with: a revision, a time, a number, the version that is released. */
const stamps: readonly RegExp[] = [
  /^(SHA1?|COMMIT|REVISION|REV|VERSION|DATE|DATETIME|TIMESTAMP|CREATED)$/i,
  /^((GIT|VCS|SCM|COMMIT|BUILD|IMAGE|APP|APPLICATION|RELEASE|SOURCE|CI|DOCKER|CONTAINER|HEAD|REPO|PROJECT|SERVICE|LAST|SHORT|GITHUB|GITLAB|TRAVIS|CIRCLE|DRONE|JENKINS)_)+(SHA1?|COMMIT|HASH|REVISION|REV|REF|DATE|DATETIME|TIME|TIMESTAMP|VERSION|NUMBER|TAG|CREATED|DESCRIBE)(_(SHA|HASH|ID|SHORT|DATE|TIME|TIMESTAMP|LONG|NUMBER))*$/i,
  /^\w*(GIT_?(SHA|HASH|COMMIT|REV|REVISION|REF)|COMMIT_?(SHA|HASH|ID|REF|DATE)|VCS_?REF|BUILD_?(DATE|TIME|TIMESTAMP|NUMBER|NUM|ID|STAMP))$/i,
];

export function isStamp(name: string): boolean {
  return stamps.some((one) => one.test(name));
}

/** Says of a default that a real value comes from outside. */
export function isPlaceholder(value: string): boolean {
  return /^(|unknown|undefined|unset|not-?set|none|null|nil|n\/?a|dev\w*|local\w*|latest|edge|nightly|snapshot|test|main|master|head|v?0+(\.0)*(-\w+)?|-|\?|x+|todo|changeme|1970-01-01.*)$/i.test(
    value,
  );
}
