import { holdsBuildTools, holdsCertificates, holdsCompilers, type Base } from '../bases/base.ts';
import { readReference } from '../bases/reference.ts';
import { hasOption, readOptions, type Call } from './ecosystem.ts';
import type { Recommended, Recommends, RecommendsRead } from './recommends.ts';

/** Debian up to 8 and Ubuntu up to 16.04 are installed with it. */
const withGnupg = /^(.*\/)?(debian:([5-8]\b|wheezy|jessie)|ubuntu:(1[0-6]\.|precise|trusty|xenial))/;
/** Here `gnupg` needs dirmngr, and python3-pip needs setuptools. */
const newer = /\b(buster|bullseye|bookworm|trixie|focal|jammy|noble)\b|^(.*\/)?(debian:1\d\b|ubuntu:2\d\.)/;

function isOf(...names: readonly string[]): (base: Base) => boolean {
  return ({ image }) => names.includes(readReference(image).name ?? '');
}

const compilersHeld = (base: Base): boolean => holdsCompilers(base) === true;
const compiler = /^(build-essential|gcc(-\d+(\.\d+)?)?|g\+\+(-\d+(\.\d+)?)?)$/;
const makes = /^(build-essential|dpkg-dev|make|debhelper|devscripts)$/;
const pips = /^(python3-(pip|virtualenv)|virtualenv)$/;
const pips2 = /^python-pip$/;
const brings =
  /^(python3?-pip|python3-virtualenv|virtualenv|npm|bundler|ruby-bundler|rbenv|ruby-build|debhelper|devscripts|checkinstall|cpanminus|meson|libgtk2\.0-dev|libcups2-dev|t(cl|k)(8\.6)?-dev|apache2-dev|php[\d.]*-dev)$/;
const fetching =
  /^(curl|wget|git|hg|svn|pip[\d.]*|python[\d.]*|gunicorn|uvicorn|uwsgi|celery|flask|npm|npx|node|nodejs|yarn|pnpm|gem|bundle|composer|php[\d.]*|go|cargo|rustup|conda|supervisord|aria2c|add-apt-repository|apt-add-repository|apt-key)$/;
/** They show by themselves what certificates are for. */
const clients = /^(curl|wget|git|git-core|git-lfs|mercurial|aria2|nodejs|lynx|w3m|axel|php[\d.]*-curl)$/;
const needingCertificates =
  /^(cmake|python3(\.\d+)?(-\w+)?|supervisor|libcurl[34].*|apache2(-dev)?|clang|llvm|gettext|lsb-release|libapache2-mod-php.*|php[\d.]*(-\w+)?|meson|scons|golang|gunicorn|ansible|debhelper|cron|postgresql(-contrib)?|libboost-all-dev|libopencv-dev|libgdal-dev|gdal-bin|python3?-pip|npm|emacs|valgrind|gdb|texinfo|samtools|libmagickwand-dev|libglib2\.0-dev|libgtk-?[23].*-dev)$/;

/** Those of the thousand whose name says too little. */
const widelyUsed = new Set(
  `acl adduser alsa-utils ant ant-optional antiword apache2 apache2-utils apparmor apt apt-file apt-transport-https apt-utils aptitude aria2 autoconf
  autoconf-archive autogen automake automake1.11 autopoint awscli axel azure-cli bash bash-completion bc bedtools binutils bison bowtie2 bridge-utils
  brotli bsdmainutils build-essential bundler bwa bzip2 bzr ca-certificates ca-certificates-java cargo ccache checkinstall chrpath cmake composer
  coreutils cpanminus cpio cppcheck cpu-checker cron crystal curl daemontools dbus dbus-x11 debhelper debootstrap default-mysql-client
  default-mysql-server device-tree-compiler devscripts dh-autoreconf dh-make dialog diffstat dirmngr dnsmasq dnsutils dos2unix dosfstools dpkg dumb-init
  equivs ethtool exiftool expect exuberant-ctags fakeroot fd-find ffmpeg file findutils fish flac flex fontconfig fontconfig-config freeglut3 fuse gawk
  gconf-service gdb gdb-multiarch gdbserver gdebi-core genisoimage gettext gettext-base gh ghostscript gifsicle git git-core git-lfs gnupg gnupg-agent
  gnupg1 gnupg2 gnuplot gnutls-bin golang golang-go google-cloud-cli google-cloud-sdk gosu gperf gpg gpg-agent gradle graphviz grep groff gunicorn gzip
  haproxy haskell-stack hdf5-tools help2man hmmer hostname htop inetutils-ping inotify-tools intltool iotop iproute2 iptables iputils-ping
  iputils-tracepath iw joe john jpegoptim jq kmod kubectl lame lcov less libtool libtool-bin lighttpd lldb locate login logrotate lsb-release lsof
  lua5.1 lua5.2 luajit lynx lzip lzop m4 make man-db mariadb-server maven mc mcrypt media-types mediainfo memcached mercurial mesa-utils meson
  mime-support mlocate mono-devel mount mpich musl musl-tools mysql-client mysql-server nano nasm ncbi-blast+ ncurses-base ncurses-bin ncurses-term
  neovim net-tools netbase netcat netcat-openbsd netcat-traditional nginx nginx-extras nginx-full nginx-light ninja-build nmap nodejs nodejs-legacy npm
  ntp ntpdate nuget ocl-icd-libopencl1 opencl-headers openmpi-bin openssh-client openssh-server openssl optipng p7zip p7zip-full pandoc parallel passwd
  patch patchelf pciutils pcscd pdftk perl php-cli php-fpm pigz pkg-config pkgconf pngcrush pngquant poppler-utils postgresql postgresql-13
  postgresql-client-common postgresql-contrib postgresql-server-dev-all procps protobuf-c-compiler protobuf-compiler psmisc pv pwgen python-jinja2
  python-software-properties python3-apt python3-full python3-pycryptodome python3-software-properties quilt rake rbenv re2c redis-server redis-tools
  ripgrep rlwrap rpm rsync ruby-build ruby-full rustc s3cmd samtools scala scons screen sed shared-mime-info smbclient snmp socat
  software-properties-common sox sqlite3 squashfs-tools ssh ssh-client sshfs sshpass ssl-cert strace subversion sudo supervisor swig tar tcl tcpdump
  tcsh telnet telnetd terraform tesseract-ocr texinfo time tini tk tmux traceroute tree tshark tzdata unar unixodbc unrar unrtf unzip usbutils
  util-linux uuid-runtime uwsgi v4l-utils valac valgrind vim vim-common vim-nox vim-tiny virtualenv w3m wget whois wireless-tools x11-apps x11-utils
  x11-xkb-utils x11-xserver-utils x11vnc x264 xauth xclip xdg-utils xfonts-base xfonts-utils xorg xorriso xserver-xorg-core xsltproc xterm xvfb xxd
  xz-utils yarn yasm zip zlib1g zsh zstd`.split(/\s+/),
);
/** Libraries recommend no programs; of a language's, a compiler's or a client's packages each release has its own. */
const families =
  /^(lib[\w.+-]+|[\w.+-]+-dev|php[\d.]*(-[\w-]+)?|ruby[\d.]*|(openjdk|temurin)-\d+-(jdk|jre)(-headless)?|default-j(dk|re)(-headless)?|(gcc|g\+\+|cpp|gfortran|clang|llvm|lld|lldb)(-[\d.]+)?(-(multilib|tools|runtime|base))?|python[\d.]*(-(minimal|pip|venv|setuptools|wheel|virtualenv|distutils|yaml|lxml|requests|numpy|tk))?|(postgresql|mysql|mariadb)-client(-[\d.]+)?|(golang|automake)-?[\d.]+|x?fonts-[\w-]+|ttf-[\w-]+|language-pack-\w+|locales(-all)?|linux-headers-[\w.-]+)$/;

/**
 * What Debian 11 to 13 recommend, asked of their indexes for the thousand packages that public Dockerfiles install most without the option,
 * and what these packages and their dependencies recommend in turn: https://www.debian.org/doc/debian-policy/ch-relationships.html
 */
const packages: readonly Recommended[] = [
  {
    package: 'ca-certificates',
    by: needingCertificates,
    always: clients,
    broughtBy: /^(ca-certificates(-java)?|(openjdk-\d+|default)-(jre|jdk)(-headless)?)$/,
    heldBy: holdsCertificates,
    callers: fetching,
    words: /https:\/\//,
  },
  {
    package: 'openssl',
    by: /^(curl|wget|git|git-core|cmake|nodejs|python3)$/,
    broughtBy: /^(openssl|ca-certificates|ssl-cert)$/,
    heldBy: holdsCertificates,
    programs: /^openssl$/,
  },
  {
    package: 'build-essential',
    by: brings,
    broughtBy: compiler,
    heldBy: compilersHeld,
    callers: /^(gcc|cc|g\+\+|c\+\+|make|cmake|node-gyp|dpkg-buildpackage)$/,
  },
  { package: 'build-essential', by: brings, broughtBy: /^build-essential$/, heldBy: compilersHeld, compiles: true },
  {
    package: 'gcc',
    byUse: true,
    by: /^cmake$/,
    broughtBy: compiler,
    heldBy: compilersHeld,
    programs: /^(gcc|cc)$/,
    callers: /^cmake$/,
  },
  {
    package: 'libc6-dev',
    by: /^cmake$/,
    always: /^gcc(-\d+(\.\d+)?)?$/,
    broughtBy: /^(build-essential|g\+\+(-\d+(\.\d+)?)?|gcc-multilib|libc6-dev|libc-dev|libstdc\+\+-\d+-dev|zlib1g-dev|python3?(\.\d+)?-dev)$/,
    heldBy: compilersHeld,
    callers: /^(gcc|cc|cmake|make|configure|autogen\.sh|go|cargo|cabal|stack|cpanm|perl|pecl|phpize|docker-php-ext-install|luarocks|R|Rscript)$/,
    compiles: true,
  },
  {
    package: 'make',
    by: /^cmake$/,
    broughtBy: /^(build-essential|dpkg-dev|make|debhelper|devscripts|ninja-build)$/,
    heldBy: compilersHeld,
    callers: /^cmake$/,
  },
  { package: 'make', byUse: true, by: brings, broughtBy: makes, heldBy: compilersHeld, programs: /^g?make$/ },
  {
    package: 'g++',
    byUse: true,
    by: /^golang(-go|-\d.*)?$/,
    broughtBy: /^(build-essential|g\+\+(-\d+(\.\d+)?)?)$/,
    heldBy: compilersHeld,
    programs: /^(g\+\+|c\+\+)$/,
    callers: /^go$/,
    unless: /CGO_ENABLED[= ]"?0/,
  },
  {
    package: 'pkg-config',
    by: /^(golang(-go|-\d.*)?|libgdal-dev|libtiff5-dev|libsndfile1-dev)$/,
    broughtBy: /^(pkg-config|pkgconf)$/,
    heldBy: holdsBuildTools,
    programs: /^pkg-config$/,
    callers: /^(go|cmake|meson|configure|autogen\.sh)$/,
    unless: /CGO_ENABLED[= ]"?0/,
  },
  {
    package: 'python3-dev',
    by: pips,
    broughtBy: /^(python3(\.\d+)?-dev|python3-all-dev|libpython3(\.\d+)?-dev)$/,
    heldBy: isOf('python', 'pypy'),
    compiles: ['pip', 'pipenv', 'poetry', 'pdm', 'uv'],
  },
  {
    package: 'python3-setuptools',
    by: /^python3-pip$/,
    broughtBy: /^python3-setuptools$/,
    heldBy: (base) => newer.test(base.image) || isOf('python', 'pypy')(base),
    callers: /^(pip3?|python3)$/,
  },
  { package: 'python-dev', by: pips2, broughtBy: /^python(2\.7|-all)?-dev$/, heldBy: isOf('python', 'pypy'), compiles: ['pip', 'pipenv'] },
  { package: 'python-setuptools', by: pips2, broughtBy: /^python-setuptools$/, heldBy: isOf('python', 'pypy'), callers: /^(pip[\d.]*|python[\d.]*)$/ },
  { package: 'ruby-dev', by: /^(bundler|ruby-bundler)$/, broughtBy: /^ruby([\d.]*-dev|-full)$/, heldBy: isOf('ruby'), compiles: ['rubygems'] },
  {
    package: 'openssh-client',
    byUse: true,
    by: /^(git|git-core|mercurial|npm|devscripts|sshpass|bzr|composer|opam|docker\.io)$/,
    broughtBy: /^(openssh-client|openssh-server|ssh)$/,
    heldBy: holdsBuildTools,
    programs: /^(ssh|scp|sftp|sshpass|ssh-(keyscan|keygen|add|agent|copy-id))$/,
    words: /git@|ssh:\/\/|type=ssh\b|\.ssh\b|GIT_SSH|\bid_(rsa|dsa|ed25519)\b|known_hosts/,
    inManifests: /git\+ssh:|ssh:\/\//,
  },
  {
    package: 'git',
    byUse: true,
    by: /^(npm|devscripts|composer)$/,
    broughtBy: /^git(-core|-all)?$/,
    heldBy: holdsBuildTools,
    programs: /^git$/,
    inManifests: /git(\+\w+)?:\/\/|"github:|git@/,
  },
  {
    package: 'patch',
    byUse: true,
    by: /^(git|git-core|npm|bundler|ruby-bundler|composer|python3-pip|meson|rbenv)$/,
    broughtBy: /^(patch|build-essential|dpkg-dev|quilt|devscripts|debhelper)$/,
    heldBy: holdsBuildTools,
    programs: /^patch$/,
    callers: /^(quilt|rbenv|ruby-build|pyenv)$/,
    words: /\bpatch -p\d/,
  },
  { package: 'less', byUse: true, by: /^(git|git-core|npm|bundler|quilt|devscripts)$/, broughtBy: /^less$/, programs: /^less$/, words: /PAGER[= ]"?\S*less/ },
  {
    package: 'gnupg',
    byUse: true,
    by: /^(build-essential|dpkg-dev|software-properties-common|python3?-software-properties|python3-pip|npm|bundler|bzr|virtualenv|debootstrap|lxc|cpanminus|meson|pkgconf|devscripts|debhelper)$/,
    broughtBy: /^(gnupg[12]?|gpg)$/,
    heldBy: (base) => withGnupg.test(base.image) || holdsBuildTools(base),
    programs: /^(gpg2?|gpg-agent)$/,
    callers: /^(apt-key|dpkg-sig|debsign)$/,
    words: /add-apt-repository\s[^&;|\n]*ppa:|\bgpg --/,
  },
  {
    package: 'dirmngr',
    by: /^gnupg2?$/,
    broughtBy: /^dirmngr$/,
    heldBy: (base) => newer.test(base.image) || withGnupg.test(base.image) || holdsBuildTools(base),
    words: /--(recv|refresh|receive|locate|search)-keys?|--keyserver/,
  },
  {
    package: 'automake',
    by: /^(autoconf|libtool(-bin)?|devscripts|autoconf-archive|libgtk2\.0-dev)$/,
    broughtBy: /^(automake[\d.]*|dh-autoreconf|debhelper|autotools-dev-kit)$/,
    heldBy: holdsBuildTools,
    programs: /^(aclocal|automake)$/,
    callers: /^(autoreconf|autogen\.sh|bootstrap(\.sh)?|buildconf|phpize|pecl)$/,
    words: /\b(autoreconf|aclocal|automake|autogen|buildconf)\b|\/bootstrap/,
  },
  { package: 'libltdl-dev', by: /^libtool(-bin)?$/, broughtBy: /^libltdl-dev$/, words: /ltdl/, inManifests: /ltdl/ },
  {
    package: 'xauth',
    by: /^(xvfb|openssh-client|openssh-server|ssh|xserver-xorg-core|git|wkhtmltopdf)$/,
    broughtBy: /^(xauth|xinit|xorg|tigervnc.*|tightvncserver)$/,
    programs: /^xauth$/,
    callers: /^(xvfb-run|startx)$/,
    words: /xvfb-run|\bxauth\b|X11Forwarding/,
    inManifests: /xvfb-run/,
  },
  {
    package: 'unzip',
    byUse: true,
    by: /^(zip|ruby|ruby-dev|ruby-full|rake|bundler|composer|mc|devscripts)$/,
    broughtBy: /^unzip$/,
    heldBy: holdsBuildTools,
    programs: /^unzip$/,
    callers: /^(composer|sdk)$/,
  },
  {
    package: 'xz-utils',
    byUse: true,
    by: /^(python3-pip|pkg-config|npm|software-properties-common|php[\d.]*(-\w+)?|apache2|postgresql|golang(-go)?|bundler|libglib2\.0-dev|libgtk.*-dev|libsdl2-dev|libcairo2-dev|virtualenv|libpcap-dev)$/,
    broughtBy: /^(xz-utils|build-essential|dpkg-dev|debhelper)$/,
    heldBy: (base) => holdsBuildTools(base) || isOf('php')(base),
    programs: /^(xz|unxz|xzcat)$/,
    callers: /^n$/,
    words: /\.t?xz\b|\btar\s[^&;|\n]*(-[a-zA-Z]*J|--xz)|\btar\s+[a-z]*J/,
  },
  {
    package: 'bzip2',
    byUse: true,
    by: /^(python3-pip|pkg-config|npm|php[\d.]*(-\w+)?|apache2|golang(-go)?|bundler|libglib2\.0-dev|libgtk.*-dev|libsdl2-dev|libcairo2-dev|virtualenv|libpcap-dev)$/,
    broughtBy: /^(bzip2|build-essential|dpkg-dev|debhelper)$/,
    heldBy: (base) => holdsBuildTools(base) || isOf('ubuntu')(base),
    programs: /^b(un)?zip2$/,
    words: /\.t?bz2?\b|\btar\s[^&;|\n]*(-[a-zA-Z]*j|--bzip2)|\btar\s+[a-z]*j/,
  },
  {
    package: 'procps',
    byUse: true,
    by: /^(default-j(dk|re)|libopencv-dev|php)$/,
    broughtBy: /^procps$/,
    heldBy: (base) => holdsBuildTools(base) || isOf('ubuntu')(base),
    programs: /^(ps|top|free|pgrep|pkill|sysctl|watch|uptime)$/,
  },
  {
    package: 'psmisc',
    byUse: true,
    by: /^(cmake|openssh-server|apache2|procps|ssh|postgresql(-contrib)?|cron)$/,
    broughtBy: /^(psmisc|mysql-server.*|mariadb-server.*)$/,
    programs: /^(killall|fuser|pstree)$/,
  },
  {
    package: 'file',
    byUse: true,
    by: /^(libboost-all-dev|php-pear|apache2|python-setuptools|composer|libmagickwand-dev)$/,
    broughtBy: /^(file|libtool|debhelper|devscripts)$/,
    heldBy: holdsBuildTools,
    programs: /^file$/,
  },
  {
    package: 'ssl-cert',
    by: /^(apache2|php[\d.]*|libapache2-mod-php.*|postfix|postgresql.*)$/,
    broughtBy: /^ssl-cert$/,
    programs: /^make-ssl-cert$/,
    words: /snakeoil|make-ssl-cert|\bdefault-ssl\b/,
  },
  {
    package: 'python3',
    by: /^(clang|llvm)$/,
    broughtBy: /^(python3(-.*|\..*)?|supervisor|software-properties-common|meson|ansible)$/,
    heldBy: isOf('python'),
    programs: /^python3$/,
  },
  { package: 'cargo', by: /^rustc$/, broughtBy: /^(cargo|rustup)$/, heldBy: isOf('rust'), programs: /^cargo$/ },
  { package: 'sudo', by: /^bundler$/, broughtBy: /^sudo$/, programs: /^(sudo|visudo)$/, words: /\bsudo\b/ },
  {
    package: 'dbus',
    by: /^(systemd(-sysv)?|openssh-server|ffmpeg|ant|maven|pulseaudio|libsdl2-dev|libgtk.*)$/,
    broughtBy: /^dbus(-.*)?$/,
    programs: /^dbus-/,
    words: /service dbus\b|\bdbus-(daemon|launch|uuidgen|run-session)\b/,
  },
];

/** https://manpages.debian.org/apt-get, https://manpages.debian.org/aptitude */
export const aptRecommends: Recommends = {
  read,
  configured: /APT::Install-Recommends[\s"']+\w|Install-Recommends "/i,
  configuration: ['/etc/apt/apt.conf', '/etc/apt/apt.conf.d'],
  isKnown: (name) => widelyUsed.has(name) || families.test(name),
  collections:
    /(^|-)(desktop|desktop-(core|minimal|environment)|task-.*)$|^(task-|texlive|ubuntu-|kubuntu|xubuntu|lubuntu|edubuntu|gnome|kde-|plasma-|xfce4|lxde|lxqt|mate-|cinnamon|science-|med-|debian-|parl-desktop|haskell-platform|r-recommended|r-base|mono-complete$|erlang$|elixir$|kali-|parrot-|ros-.*-(desktop|ros-base)|emacs|octave|sagemath|build-dep)/,
  extended:
    /^(imagemagick|graphicsmagick|libmagick.*|vlc.*|mpv|kodi.*|gstreamer.*|libreoffice.*|inkscape|gimp.*|scribus|blender|freecad|kicad|qgis.*|chromium.*|firefox.*|google-chrome.*|epiphany.*|wkhtmltopdf|asterisk.*|freeradius.*|nagios.*|icinga.*|zabbix.*|munin.*|cacti|phpmyadmin|roundcube.*|dovecot.*|postfix.*|exim4.*|spamassassin|amavisd-new|clamav.*|mailutils|bsd-mailx|heirloom-mailx|mutt|logwatch|bind9|fail2ban|ufw|firewalld|qemu.*|libvirt.*|virt-.*|network-manager.*|lxc.*|lxd|snapd|samba|cups.*|sane.*|ansible|openvpn|tor|wine.*|steam.*|docker.*|containerd.*|podman|buildah|skopeo|systemd(-\w+)?|udev|policykit.*|opam|ocaml.*|ghc(-.*)?|stack|oracle-java.*|nix.*|asciidoc.*|xmlto|doxygen|calibre|xrdp|xpra|tigervnc.*|tightvnc.*|x2go.*|pulseaudio|lib\w[\w-]*-perl|python3?-(pandas|matplotlib|scipy|sklearn|skimage|tables|networkx|sphinx|opencv|nltk|sqlalchemy|django|ipython|notebook)|ipython3?|jupyter.*|(gcc|g\+\+|binutils|crossbuild)-(?!\d|multilib|doc|avr|arm-none)[\w-]+|slapd|postgresql-\d+-postgis.*|postgis|(nova|neutron|cinder|heat|swift|ceph|openstack)-.*|keystone|glance|gdal-bin|rabbitmq-server|syslog-ng|rsyslog|monit|puppet.*|chef|salt-.*|vagrant|virtualbox.*|nvidia-.*|cuda.*|rocm.*)$/,
  isBare: ({ image, official }) => official && /^(debian|ubuntu)$/.test(readReference(image).name ?? ''),
  packages,
};

const withValue = ['-o', '--option', '-t', '--target-release', '--default-release', '-c', '--config-file', '-a', '--host-architecture', '-q'];
/** `name`, `name=1.2`, `name:arch`; the version may come from a variable. */
const plain = /^[a-z0-9][a-z0-9.+-]*[a-z0-9+](:[a-z0-9]+)?(=\S+)?$/;

function read(call: Call): RecommendsRead | undefined {
  if (!/^(apt|apt-get|aptitude)$/.test(call.program)) return undefined;
  const aptitude = call.program === 'aptitude';
  const { rest, values, ...options } = readOptions(call, aptitude ? withValue : withValue.slice(0, -1));
  const [at = -1, ...positions] = rest;
  if (call.arguments[at]?.value !== 'install') return undefined;
  const given = hasOption(
    { rest, values, ...options },
    ...(aptitude ? ['-R', '-r', '--without-recommends', '--with-recommends'] : ['--no-install-recommends', '--install-recommends']),
  );
  const set = [...(values.get('-o') ?? []), ...(values.get('--option') ?? [])];
  const named = positions.every((position) => {
    const { text = '', value = text } = call.arguments[position] ?? {};
    return plain.test(value.replace(/^"(.*)"$/, '$1')) && !/^[^=]*\$/.test(text);
  });
  return {
    says:
      given ||
      call.environment('APT_CONFIG') !== undefined ||
      values.has('-c') ||
      values.has('--config-file') ||
      set.some(({ text }) => /install-recommends/i.test(text)),
    option: aptitude ? '--without-recommends' : '--no-install-recommends',
    packages: named && positions.length > 0 ? positions : undefined,
  };
}
