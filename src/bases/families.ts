import type { Dialect } from '../shell/script.ts';

export type Family = 'debian' | 'alpine' | 'redhat' | 'suse' | 'arch' | 'windows' | 'scratch' | 'distroless' | 'busybox';

/** `/bin/sh`: dash in Debian and Ubuntu, busybox in Alpine, bash in the others; the rest has none, or it is not known. */
export const shells: Readonly<Partial<Record<Family, Dialect>>> = {
  debian: 'posix',
  alpine: 'posix',
  busybox: 'posix',
  redhat: 'bash',
  suse: 'bash',
  arch: 'bash',
};

/** What a part of a tag, between hyphens, says of the family, in order of precedence: `jdk17-corretto-alpine` is Alpine. */
export const parts: readonly (readonly [RegExp, Family])[] = [
  [/^(windows|windowsservercore|nanoserver|servercore|ltsc20\d\d)/, 'windows'],
  [/^(distroless|chiseled)/, 'distroless'],
  [/^alpine[\d.]*$/, 'alpine'],
  [/^(debian[\d.]*|wheezy|jessie|stretch|buster|bullseye|bookworm|trixie|forky|sid)$/, 'debian'],
  [/^(ubuntu[\d.]*|trusty|xenial|bionic|focal|jammy|noble|resolute|eoan|disco|cosmic|hirsute|impish|kinetic|lunar|mantic|oracular|plucky|questing)$/, 'debian'],
  [
    /^(ubi\d*|rhel\d*|centos|centos\d+|centosstream\d*|rockylinux\d*|almalinux\d*|fedora\d*|oraclelinux\d*|ol\d+|amazonlinux\d*|al2|al2023)([.]\d+)?$/,
    'redhat',
  ],
  [/^(opensuse|leap|tumbleweed|sles|bci)[\d.]*$/, 'suse'],
];
/** The same in the tags of official images only: elsewhere the words may mean something else. */
export const officialParts: readonly (readonly [RegExp, Family])[] = [[/^(oracle|corretto|amazoncorretto)$/, 'redhat']];

/** A row of the table: the first whose image and `only` match is what is known. */
export interface Known {
  /** Names without `docker.io/` and `library/`; `*` stands for anything. */
  readonly images: string;
  /** Where the tag itself, as far as it is known, matches this. */
  readonly only?: RegExp;
  /** Where no part of the tag tells; left out where the image has been built on several. */
  readonly family?: Family;
  /** The family holds for every tag and digest there ever was. */
  readonly always?: boolean;
  /** Published by docker-library or the distribution itself: lists and caches are clean, no ONBUILD. */
  readonly official?: boolean;
  /** The user that the image ends with, where that is not root. */
  readonly user?: string;
  /** The working directory that every tag ends with. */
  readonly workdir?: string;
  /** Its ENTRYPOINT, where it has one, runs any command as it is given. */
  readonly runsAnyCommand?: boolean;
  /** Where the image sets SHELL, or has a `/bin/sh` of its own. */
  readonly shell?: Dialect;
}

const distributions: readonly Known[] = [
  { images: 'scratch', family: 'scratch', always: true, official: true },
  {
    images: 'debian ubuntu public.ecr.aws/ubuntu/ubuntu public.ecr.aws/debian/debian',
    family: 'debian',
    always: true,
    official: true,
    workdir: '/',
    runsAnyCommand: true,
  },
  { images: 'neurodebian', family: 'debian', always: true, official: true },
  { images: 'alpine', family: 'alpine', always: true, official: true, workdir: '/', runsAnyCommand: true },
  { images: 'busybox', family: 'busybox', always: true, official: true },
  {
    images: 'fedora registry.fedoraproject.org/fedora registry.fedoraproject.org/fedora-minimal quay.io/fedora/fedora quay.io/fedora/fedora-minimal',
    family: 'redhat',
    always: true,
    official: true,
  },
  {
    images: 'centos quay.io/centos/centos rockylinux rockylinux/rockylinux almalinux almalinux/8-base almalinux/8-minimal almalinux/9-base almalinux/9-minimal',
    family: 'redhat',
    always: true,
    official: true,
  },
  {
    images: 'amazonlinux public.ecr.aws/amazonlinux/amazonlinux oraclelinux container-registry.oracle.com/os/oraclelinux ghcr.io/oracle/oraclelinux sl',
    family: 'redhat',
    always: true,
    official: true,
  },
  {
    images: 'redhat/ubi* registry.access.redhat.com/ubi?/ubi* registry.access.redhat.com/ubi10/ubi* registry.redhat.io/ubi?/ubi* registry.redhat.io/ubi10/ubi*',
    family: 'redhat',
    always: true,
    official: true,
  },
  {
    images: 'registry.access.redhat.com/ubi? registry.access.redhat.com/ubi10 registry.access.redhat.com/ubi?-* registry.access.redhat.com/ubi10-*',
    family: 'redhat',
    always: true,
    official: true,
  },
  {
    images: 'registry.redhat.io/ubi? registry.redhat.io/ubi10 registry.redhat.io/ubi?-* registry.redhat.io/ubi10-*',
    family: 'redhat',
    always: true,
    official: true,
  },
  {
    images: 'opensuse opensuse/leap opensuse/tumbleweed registry.opensuse.org/opensuse/* registry.suse.com/suse/* registry.suse.com/bci/bci-*',
    family: 'suse',
    always: true,
    official: true,
  },
  { images: 'archlinux archlinux/archlinux archlinux/base', family: 'arch', always: true, official: true },
  { images: 'mageia photon clearlinux alt', official: true },
  { images: 'kalilinux/* raspbian/*', family: 'debian', always: true },
];

/** https://github.com/docker-library/official-images, with its history since 2017. */
const official: readonly Known[] = [
  { images: 'buildpack-deps', family: 'debian', always: true, official: true, workdir: '/', runsAnyCommand: true },
  { images: 'node python ruby rust elixir pypy iojs', family: 'debian', official: true, workdir: '/', runsAnyCommand: true },
  { images: 'golang', family: 'debian', official: true, workdir: '/go', runsAnyCommand: true },
  {
    images: 'php perl haskell erlang dart swift gcc julia hylang haxe mono rakudo-star swipl java clojure jruby',
    family: 'debian',
    official: true,
  },
  { images: 'r-base', family: 'debian', always: true, official: true },

  { images: 'openjdk', only: /(^|-)slim(-|$)|^(7|8|9|10|11)([.u-]|$)/, family: 'debian', official: true },
  { images: 'openjdk', only: /^(1[2-9]|[2-9]\d)([.u-]|$)/, family: 'redhat', official: true },
  { images: 'openjdk', official: true },
  { images: 'eclipse-temurin adoptopenjdk ibmjava ibm-semeru-runtimes sapmachine azul-zulu', family: 'debian', official: true },
  { images: 'amazoncorretto', family: 'redhat', official: true },
  {
    images: 'maven',
    only: /-slim|jdk-(7|8|9|10|11)(-|$)|adoptopenjdk|temurin|ibmjava|semeru|sapmachine|zulu|libericaopenjdk|microsoft-openjdk/,
    family: 'debian',
    official: true,
  },
  { images: 'maven', only: /openjdk(-1[2-9])?$|jdk-1[2-9]$|corretto|graalvm-community/, family: 'redhat', official: true },
  { images: 'maven', only: /^(latest|3|4|3\.(3|5|9|\d\d)|4\.\d+)(\.\d+)?$/, family: 'debian', official: true },
  { images: 'maven', official: true },
  { images: 'gradle', only: /^([1-4]|5\.[0-4])([.-]|$)/, family: 'debian', official: true, user: 'gradle' },
  { images: 'gradle', family: 'debian', official: true },
  { images: 'groovy', family: 'debian', official: true, user: 'groovy' },
  { images: 'tomcat', only: /jdk1[2-9]-openjdk$/, official: true },
  { images: 'tomcat tomee', family: 'debian', official: true },
  { images: 'jetty', family: 'debian', official: true, user: 'jetty' },
  { images: 'websphere-liberty open-liberty', family: 'debian', official: true, user: '1001' },
  { images: 'spark', family: 'debian', official: true, user: 'spark' },
  { images: 'flink', family: 'debian', official: true },

  {
    images: 'nginx httpd postgres mariadb redis mongo rabbitmq couchdb cassandra influxdb telegraf chronograf kapacitor rethinkdb clickhouse ros gazebo',
    family: 'debian',
    official: true,
  },
  { images: 'mysql', only: /^(5\.[56]|5\.7\.([12]?\d|3[0-8])|8\.0\.[12]?\d)([.-]|$)/, family: 'debian', official: true },
  { images: 'mysql', only: /^(latest|lts|innovation|oracle|\d+(\.\d+){0,2})(-|$)/, family: 'redhat', official: true },
  { images: 'mysql percona', official: true },
  { images: 'memcached', family: 'debian', official: true, user: 'memcache' },
  { images: 'haproxy', family: 'debian', official: true, user: 'haproxy' },
  { images: 'varnish', family: 'debian', official: true, user: 'varnish' },
  { images: 'solr', family: 'debian', official: true, user: 'solr' },
  { images: 'zookeeper', only: /^3\.(5|6|7|8|9)([.-]|$)|^(latest|3)$/, family: 'debian', official: true },
  { images: 'neo4j elasticsearch kibana logstash traefik nats kong arangodb storm fluentd zookeeper eclipse-mosquitto', official: true },

  { images: 'wordpress', only: /(^|-)cli(-|$)/, family: 'alpine', official: true, user: 'www-data' },
  {
    images:
      'wordpress ghost drupal joomla nextcloud owncloud matomo piwik mediawiki phpmyadmin redmine backdrop friendica monica postfixadmin yourls unit rails django',
    family: 'debian',
    official: true,
  },
  { images: 'odoo', family: 'debian', official: true, user: 'odoo' },
  { images: 'docker', only: /rootless/, family: 'alpine', official: true, user: 'rootless' },
  { images: 'composer docker registry bash caddy consul vault', family: 'alpine', official: true },
  { images: 'adminer', family: 'alpine', official: true, user: 'adminer' },
];

/** Images of others: nothing says that their lists and caches are clean. */
const others: readonly Known[] = [
  {
    images:
      'mcr.microsoft.com/dotnet/framework/* mcr.microsoft.com/windows/* mcr.microsoft.com/windows mcr.microsoft.com/powershell/windows* microsoft/windowsservercore microsoft/nanoserver',
    family: 'windows',
    always: true,
  },
  { images: 'microsoft/iis microsoft/aspnet microsoft/wcf microsoft/dotnet-framework* microsoft/mssql-server-windows*', family: 'windows', always: true },
  { images: 'mcr.microsoft.com/dotnet/*', only: /chiseled|distroless/, family: 'distroless', user: 'app' },
  { images: 'mcr.microsoft.com/dotnet/*', only: /azurelinux|mariner/, shell: 'unknown' },
  {
    images: 'mcr.microsoft.com/dotnet/sdk mcr.microsoft.com/dotnet/aspnet mcr.microsoft.com/dotnet/runtime mcr.microsoft.com/dotnet/runtime-deps',
    family: 'debian',
  },
  {
    images: 'mcr.microsoft.com/dotnet/core/* mcr.microsoft.com/dotnet/nightly/* microsoft/dotnet microsoft/aspnetcore microsoft/aspnetcore-build',
    family: 'debian',
  },
  {
    images: 'mcr.microsoft.com/playwright mcr.microsoft.com/playwright/* mcr.microsoft.com/devcontainers/base mcr.microsoft.com/vscode/devcontainers/base',
    family: 'debian',
    shell: 'unknown',
  },
  { images: 'mcr.microsoft.com/mssql/server', family: 'debian', user: 'mssql', shell: 'unknown' },

  { images: 'gcr.io/distroless/* *.gcr.io/distroless/*', only: /nonroot/, family: 'distroless', always: true, user: 'nonroot' },
  { images: 'gcr.io/distroless/* *.gcr.io/distroless/*', family: 'distroless', always: true },
  // Wolfi: apk, but glibc. https://edu.chainguard.dev/chainguard/chainguard-images/overview/
  { images: 'cgr.dev/chainguard/wolfi-base chainguard/wolfi-base', shell: 'posix' },
  { images: 'cgr.dev/chainguard/* chainguard/*', only: /-dev$|^dev$/, user: '65532', shell: 'posix' },
  { images: 'cgr.dev/chainguard/* chainguard/*', family: 'distroless', user: '65532' },

  { images: 'registry.access.redhat.com/ubi*/openjdk-* registry.redhat.io/ubi*/openjdk-*', family: 'redhat', always: true, user: '185', shell: 'unknown' },
  {
    images:
      'registry.access.redhat.com/ubi*/nodejs-* registry.access.redhat.com/ubi*/python-* registry.access.redhat.com/ubi*/php-* registry.access.redhat.com/ubi*/ruby-*',
    family: 'redhat',
    always: true,
    user: '1001',
    shell: 'unknown',
  },
  {
    images:
      'registry.access.redhat.com/ubi*/go-toolset registry.access.redhat.com/ubi*/dotnet-* registry.access.redhat.com/ubi*/nginx-* registry.access.redhat.com/ubi*/httpd-*',
    family: 'redhat',
    always: true,
    user: '1001',
    shell: 'unknown',
  },
  { images: 'registry.access.redhat.com/* registry.redhat.io/*', family: 'redhat', always: true, shell: 'unknown' },
  { images: 'centos/* quay.io/sclorg/*', family: 'redhat', always: true, user: '1001', shell: 'unknown' },
  { images: 'public.ecr.aws/lambda/* amazon/aws-lambda-* amazon/aws-cli public.ecr.aws/sam/*', family: 'redhat', always: true },

  { images: 'nvidia/cuda', family: 'debian' },
  { images: 'nvcr.io/nvidia/cuda', family: 'debian' },
  { images: 'tensorflow/tensorflow pytorch/pytorch', family: 'debian', always: true },
  // SHELL ["/bin/bash", "-o", "pipefail", "-c"]: https://github.com/jupyter/docker-stacks/blob/main/images/docker-stacks-foundation/Dockerfile
  { images: 'jupyter/* quay.io/jupyter/*', family: 'debian', always: true, user: 'jovyan', shell: 'bash' },
  // SHELL is a script that ends in `bash -o pipefail -c`: https://github.com/mamba-org/micromamba-docker/blob/main/_dockerfile_shell.sh
  { images: 'mambaorg/micromamba', family: 'debian', user: 'mambauser', shell: 'bash' },
  {
    images: 'continuumio/miniconda3 continuumio/anaconda3 continuumio/miniconda continuumio/anaconda condaforge/mambaforge condaforge/miniforge3',
    family: 'debian',
  },
  { images: 'rocker/*', family: 'debian', always: true, shell: 'unknown' },

  // cimg sets SHELL ["/bin/bash", "-exo", "pipefail", "-c"].
  { images: 'circleci/* cimg/*', family: 'debian', user: 'circleci', shell: 'unknown' },
  {
    images: 'jenkins jenkins/jenkins jenkins/agent jenkins/inbound-agent jenkins/ssh-agent jenkins/jnlp-slave jenkins/slave jenkinsci/*',
    family: 'debian',
    user: 'jenkins',
    shell: 'unknown',
  },
  { images: 'cypress/*', family: 'debian', always: true },
  { images: 'selenium/*', family: 'debian', always: true, user: 'seluser', shell: 'unknown' },
  { images: 'ghcr.io/puppeteer/puppeteer', family: 'debian', always: true, user: 'pptruser' },
  { images: 'phusion/baseimage phusion/passenger-*', family: 'debian', always: true, shell: 'unknown' },
  { images: 'bitnami/minideb', family: 'debian', always: true },
  { images: 'bitnami/*', user: '1001', shell: 'unknown' },

  { images: 'nginxinc/nginx-unprivileged', family: 'debian', user: 'nginx' },
  { images: 'denoland/deno', only: /^bin(-|$)/, family: 'scratch' },
  // https://github.com/oven-sh/bun/tree/main/dockerhub
  { images: 'oven/bun', family: 'debian', workdir: '/home/bun/app' },
  {
    images: 'postgis/postgis hexpm/elixir hexpm/erlang crystallang/crystal denoland/deno google/cloud-sdk gcr.io/google.com/cloudsdktool/*',
    family: 'debian',
  },
  { images: 'mhart/alpine-node gliderlabs/alpine frolvlad/alpine-* timescale/timescaledb hashicorp/terraform', family: 'alpine', always: true },
  { images: 'prom/* quay.io/prometheus/*', family: 'busybox', user: 'nobody' },
];

export const knownImages: readonly Known[] = [...distributions, ...official, ...others];
