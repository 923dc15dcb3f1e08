/** In what a service is written; the workspaces stand at the root of a part of the repository. */
export type Language =
  | 'npm'
  | 'npm workspace'
  | 'pnpm workspace'
  | 'pip'
  | 'uv'
  | 'Go'
  | 'Go workspace'
  | 'Rust'
  | 'Cargo workspace'
  | 'Maven'
  | 'Maven modules'
  | 'PHP'
  | '.NET on Windows';

export type Style = 'naive' | 'untidy' | 'split' | 'staged';

/** Where a Dockerfile is built, as far as its text depends on it. */
export interface Place {
  readonly name: string;
  /** The service's own folder below the context, with a slash behind it; empty where it is the context. */
  readonly source: string;
  /** Lines in front of the start command: arguments, labels, what other contexts bring. */
  readonly more: readonly string[];
  /** Decides small differences between texts that are else the same. */
  readonly chance: () => number;
}

export interface Project {
  /** By path below its own folder; its Dockerfile is none of them. */
  readonly files: (name: string) => Readonly<Record<string, string>>;
  readonly dockerfile: (style: Style, place: Place) => readonly string[];
}

/** The release of `ms` that half of the services of Node.js depend on, as npm and pnpm lock it. */
const ms = {
  version: '2.1.3',
  resolved: 'https://registry.npmjs.org/ms/-/ms-2.1.3.tgz',
  integrity: 'sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==',
  license: 'MIT',
};

const dependencies = { ms: ms.version };

export const lockedPackages = { 'node_modules/ms': ms };

export const pnpmPackages = [
  'packages:',
  '',
  `  ms@${ms.version}:`,
  `    resolution: {integrity: ${ms.integrity}}`,
  '',
  'snapshots:',
  '',
  `  ms@${ms.version}: {}`,
  '',
];

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

function copyAll({ source }: Place, into = '.'): string {
  return `COPY ${source || '.'} ${source === '' ? into : `${into.replace(/\/$/, '')}/`}`;
}

function pick<Value>(chance: () => number, ...values: [Value, ...Value[]]): Value {
  return values[Math.floor(chance() * values.length)] ?? values[0];
}

function packageJson(name: string): string {
  return json({ name, version: '1.0.0', private: true, scripts: { start: 'node index.js', dev: 'node --watch index.js' }, dependencies });
}

function nodeProgram(name: string): string {
  return lines("const ms = require('ms');", '', `console.log('${name}', ms('2 days'), process.env.NODE_ENV ?? 'no environment');`);
}

const npm: Project = {
  files: (name) => ({
    'package.json': packageJson(name),
    'package-lock.json': json({
      name,
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: { '': { name, version: '1.0.0', dependencies }, ...lockedPackages },
    }),
    'index.js': nodeProgram(name),
  }),
  dockerfile(style, place) {
    const { source, more, chance } = place;
    if (style === 'naive')
      return [
        `FROM node:${pick(chance, '18', '20')}`,
        'WORKDIR /app',
        copyAll(place),
        `RUN npm ${pick(chance, 'ci', 'install')}`,
        ...more,
        'CMD ["npm", "start"]',
      ];
    if (style === 'untidy')
      return [
        'from node:20',
        'MAINTAINER Harbour Team <harbour@example.org>',
        '',
        '# Curl is asked for by the people on call.',
        'RUN apt-get update',
        'RUN apt-get install -y curl',
        'ENV NODE_ENV production',
        'WORKDIR /usr/src/app',
        `ADD ${source}package.json ./`,
        `ADD ${source}package-lock.json ./`,
        'RUN npm install',
        `ADD ${source || '.'} ./`,
        ...more,
        'CMD npm start',
      ];
    if (style === 'split')
      return [
        'FROM node:20-slim',
        'ENV NODE_ENV=production',
        'WORKDIR /app',
        `COPY ${source}package*.json ./`,
        'RUN npm ci --omit=dev && npm cache clean --force',
        copyAll(place),
        ...more,
        'USER node',
        'CMD ["node", "index.js"]',
      ];
    return [
      'FROM node:20 AS dev',
      'WORKDIR /app',
      `COPY ${source}package.json ${source}package-lock.json ./`,
      'RUN npm ci',
      copyAll(place),
      'CMD ["npm", "run", "dev"]',
      '',
      'FROM node:20-slim AS release',
      'WORKDIR /app',
      'COPY --from=dev /app/node_modules ./node_modules',
      copyAll(place),
      ...more,
      'CMD ["node", "index.js"]',
    ];
  },
};

/** Members of `sites/package.json`; the context is that folder. */
const npmWorkspace: Project = {
  files: (name) => ({ 'package.json': packageJson(name), 'index.js': nodeProgram(name) }),
  dockerfile(style, { name, source, more, chance }) {
    const start = `CMD ["node", "${source}index.js"]`;
    const base = style === 'split' ? 'node:20-slim' : `node:${pick(chance, '18', '20')}`;
    if (style === 'split')
      return [
        `FROM ${base}`,
        'WORKDIR /app',
        'COPY package.json package-lock.json ./',
        `COPY ${source}package.json ${source}`,
        `RUN npm ci -w ${name}`,
        `COPY ${source} ${source}`,
        ...more,
        start,
      ];
    if (style === 'staged')
      return [
        `FROM ${base} AS dev`,
        'WORKDIR /app',
        'COPY . .',
        'RUN npm ci',
        start,
        '',
        'FROM node:20-slim AS release',
        'WORKDIR /app',
        'COPY --from=dev /app /app',
        ...more,
        start,
      ];
    return [`FROM ${base}`, 'WORKDIR /app', 'COPY . .', style === 'naive' ? 'RUN npm ci' : 'RUN npm install', ...more, start];
  },
};

/** Members of `pnpm-workspace.yaml`; the context is its folder. */
const pnpmWorkspace: Project = {
  files: npmWorkspace.files,
  dockerfile(style, { name, source, more, chance }) {
    const manager = pick(chance, 'RUN npm install -g pnpm@9.15.0', 'RUN npm i -g pnpm@9.15.0');
    const start = `CMD ["node", "${source}index.js"]`;
    if (style === 'split')
      return [
        'FROM node:20-slim',
        manager,
        'WORKDIR /repo',
        'COPY pnpm-lock.yaml pnpm-workspace.yaml package.json ./',
        `COPY ${source}package.json ${source}`,
        `RUN pnpm install --frozen-lockfile --filter ${name}`,
        `COPY ${source} ${source}`,
        ...more,
        start,
      ];
    if (style === 'staged')
      return [
        'FROM node:20 AS dev',
        manager,
        'WORKDIR /repo',
        'COPY . .',
        'RUN pnpm install --frozen-lockfile',
        `RUN pnpm --filter ${name} deploy --prod /out`,
        '',
        'FROM node:20-slim AS release',
        'WORKDIR /app',
        'COPY --from=dev /out ./',
        ...more,
        'CMD ["node", "index.js"]',
      ];
    return [
      'FROM node:20',
      manager,
      'WORKDIR /repo',
      'COPY . .',
      `RUN pnpm install --frozen-lockfile${style === 'naive' ? '' : ` --filter ${name}`}`,
      ...more,
      start,
    ];
  },
};

const pip: Project = {
  files: (name) => ({
    'requirements.txt': lines('bottle==0.12.25'),
    'main.py': lines('import bottle', '', `print("${name}", bottle.__version__)`),
  }),
  dockerfile(style, place) {
    const { source, more, chance } = place;
    const start = 'CMD ["python", "main.py"]';
    if (style === 'naive')
      return [`FROM python:${pick(chance, '3.11', '3.12')}`, 'WORKDIR /app', copyAll(place), 'RUN pip install -r requirements.txt', ...more, start];
    if (style === 'untidy')
      return [
        'FROM python:3.11',
        'LABEL maintainer "harbour@example.org"',
        'RUN apt-get update && apt-get install -y gcc libpq-dev',
        'RUN mkdir /app',
        'WORKDIR /app',
        `ADD ${source}requirements.txt /app/`,
        'RUN pip install --upgrade pip',
        'RUN pip install -r requirements.txt',
        `ADD ${source || '.'} /app/`,
        ...more,
        'CMD python main.py',
      ];
    if (style === 'split')
      return [
        'FROM python:3.11-slim',
        'ENV PYTHONUNBUFFERED=1',
        'WORKDIR /app',
        `COPY ${source}requirements.txt .`,
        'RUN pip install --no-cache-dir -r requirements.txt',
        copyAll(place),
        ...more,
        start,
      ];
    return [
      'FROM python:3.11 AS dev',
      'RUN python -m venv /venv',
      'ENV PATH=/venv/bin:$PATH',
      `COPY ${source}requirements.txt /tmp/`,
      'RUN pip install -r /tmp/requirements.txt',
      '',
      'FROM python:3.11-slim AS release',
      'COPY --from=dev /venv /venv',
      'ENV PATH=/venv/bin:$PATH',
      'WORKDIR /app',
      copyAll(place),
      ...more,
      start,
    ];
  },
};

const uv: Project = {
  files: (name) => ({
    'pyproject.toml': lines('[project]', `name = "${name}"`, 'version = "0.1.0"', 'requires-python = ">=3.11"', 'dependencies = []'),
    'uv.lock': lines(
      'version = 1',
      'revision = 2',
      'requires-python = ">=3.11"',
      '',
      '[[package]]',
      `name = "${name}"`,
      'version = "0.1.0"',
      'source = { virtual = "." }',
    ),
    'main.py': lines('import sys', '', `print("${name}", sys.version_info.major)`),
  }),
  dockerfile(style, place) {
    const { source, more } = place;
    const base = ['FROM python:3.11-slim', 'RUN pip install uv==0.5.29', 'WORKDIR /app'];
    const start = 'CMD ["uv", "run", "--offline", "main.py"]';
    if (style === 'split') return [...base, `COPY ${source}pyproject.toml ${source}uv.lock ./`, 'RUN uv sync --locked', copyAll(place), ...more, start];
    if (style === 'staged')
      return [
        'FROM python:3.11 AS dev',
        ...base.slice(1),
        copyAll(place),
        'RUN uv sync --locked --no-dev',
        '',
        'FROM python:3.11-slim AS release',
        'WORKDIR /app',
        'COPY --from=dev /app /app',
        ...more,
        'CMD ["/app/.venv/bin/python", "main.py"]',
      ];
    return [...base, copyAll(place), style === 'naive' ? 'RUN uv sync --locked' : 'RUN uv sync', ...more, start];
  },
};

const go: Project = {
  files: (name) => ({
    'go.mod': lines(`module example.com/fleet/${name}`, '', 'go 1.21'),
    'main.go': lines('package main', '', 'import "fmt"', '', 'func main() {', `\tfmt.Println("${name}", len("${name}"))`, '}'),
  }),
  dockerfile(style, place) {
    const { name, source, more, chance } = place;
    if (style === 'naive')
      return [
        `FROM golang:${pick(chance, '1.21', '1.22')}`,
        'WORKDIR /src',
        copyAll(place),
        `RUN go build -o /usr/local/bin/${name} .`,
        ...more,
        `CMD ["${name}"]`,
      ];
    if (style === 'untidy')
      return [
        'FROM golang:1.22',
        'ENV CGO_ENABLED 0',
        `ADD ${source || '.'} /go/src/app`,
        'WORKDIR /go/src/app',
        'RUN go mod download',
        `RUN go build -o /${name}`,
        ...more,
        `ENTRYPOINT /${name}`,
      ];
    if (style === 'split')
      return [
        'FROM golang:1.22',
        'WORKDIR /src',
        `COPY ${source}go.mod ./`,
        'RUN go mod download',
        copyAll(place),
        `RUN go build -o /usr/local/bin/${name} .`,
        ...more,
        `CMD ["${name}"]`,
      ];
    return [
      'FROM golang:1.22-alpine AS dev',
      'WORKDIR /src',
      copyAll(place),
      'RUN CGO_ENABLED=0 go build -o /out/service .',
      'CMD ["go", "run", "."]',
      '',
      'FROM alpine:3.20 AS release',
      'COPY --from=dev /out/service /service',
      ...more,
      'ENTRYPOINT ["/service"]',
    ];
  },
};

/** Modules of `go.work`; the context is its folder. */
const goWorkspace: Project = {
  files: (name) => ({
    'go.mod': lines(`module example.com/fleet/${name}`, '', 'go 1.21'),
    'main.go': lines(
      'package main',
      '',
      'import (',
      '\t"fmt"',
      '',
      '\t"example.com/fleet/flags"',
      ')',
      '',
      'func main() {',
      `\tfmt.Println(flags.Signal("${name}"))`,
      '}',
    ),
  }),
  dockerfile(style, { name, source, more, chance }) {
    const build = `RUN go build -o /usr/local/bin/${name} ./${source.slice(0, -1)}`;
    if (style === 'staged')
      return [
        'FROM golang:1.22 AS dev',
        'WORKDIR /src',
        'COPY . .',
        `RUN CGO_ENABLED=0 go build -o /out/service ./${source.slice(0, -1)}`,
        '',
        'FROM gcr.io/distroless/static-debian12 AS release',
        'COPY --from=dev /out/service /service',
        ...more,
        'ENTRYPOINT ["/service"]',
      ];
    if (style === 'split') return ['FROM golang:1.22', 'WORKDIR /src', 'COPY go.work ./', 'COPY . .', 'RUN go env GOWORK', build, ...more, `CMD ["${name}"]`];
    return [`FROM golang:${pick(chance, '1.21', '1.22')}`, 'WORKDIR /src', 'COPY . .', build, ...more, style === 'naive' ? `CMD ["${name}"]` : `CMD ${name}`];
  },
};

function rustProgram(name: string): string {
  return lines('fn main() {', `    println!("{} {}", "${name}", "${name}".len());`, '}');
}

function rustInStages(build: readonly string[], { name, more }: Pick<Place, 'name' | 'more'>): string[] {
  return [
    'FROM rust:1.80 AS dev',
    ...build,
    '',
    'FROM debian:bookworm-slim AS release',
    `COPY --from=dev /src/target/release/${name} /usr/local/bin/`,
    ...more,
    `CMD ["${name}"]`,
  ];
}

function rustInOne(build: readonly string[], { name, more, chance }: Pick<Place, 'name' | 'more' | 'chance'>): string[] {
  return [`FROM rust:${pick(chance, '1.75', '1.80')}`, ...build, ...more, `CMD ["./target/release/${name}"]`];
}

const rust: Project = {
  files: (name) => ({
    'Cargo.toml': lines('[package]', `name = "${name}"`, 'version = "0.1.0"', 'edition = "2021"'),
    'Cargo.lock': lines(
      '# This file is automatically @generated by Cargo.',
      '# It is not intended for manual editing.',
      'version = 3',
      '',
      '[[package]]',
      `name = "${name}"`,
      'version = "0.1.0"',
    ),
    'src/main.rs': rustProgram(name),
  }),
  dockerfile(style, place) {
    const { name, more } = place;
    const build = ['WORKDIR /src', copyAll(place), 'RUN cargo build --release --locked'];
    if (style === 'staged') return rustInStages(build, place);
    if (style === 'untidy')
      return [
        'FROM rust:1.80',
        'RUN apt-get update && apt-get -y install pkg-config',
        'RUN apt-get clean',
        ...build,
        `RUN cp target/release/${name} /usr/bin/${name}`,
        ...more,
        `CMD ${name}`,
      ];
    return rustInOne(build, place);
  },
};

/** Members of the root's `Cargo.toml`; the context is its folder. */
const cargoWorkspace: Project = {
  files: (name) => ({ 'Cargo.toml': lines('[package]', `name = "${name}"`, 'version = "0.1.0"', 'edition = "2021"'), 'src/main.rs': rustProgram(name) }),
  dockerfile(style, place) {
    const build = ['WORKDIR /src', 'COPY . .', `RUN cargo build --release --locked -p ${place.name}`];
    if (style === 'staged' || style === 'split') return rustInStages(build, place);
    return rustInOne(build, place);
  },
};

function javaProgram(name: string): string {
  return lines('package example;', '', 'public class Main {', '  public static void main(String[] args) {', `    System.out.println("${name}");`, '  }', '}');
}

const jarPlugins = [
  '    <plugins>',
  '      <plugin>',
  '        <artifactId>maven-compiler-plugin</artifactId>',
  '        <version>3.13.0</version>',
  '      </plugin>',
  '      <plugin>',
  '        <artifactId>maven-jar-plugin</artifactId>',
  '        <version>3.4.2</version>',
  '        <configuration><archive><manifest><mainClass>example.Main</mainClass></manifest></archive></configuration>',
  '      </plugin>',
  '    </plugins>',
];

export const pomHead = ['<project xmlns="http://maven.apache.org/POM/4.0.0">', '  <modelVersion>4.0.0</modelVersion>'];
export const pomProperties = [
  '  <properties>',
  '    <maven.compiler.release>17</maven.compiler.release>',
  '    <project.build.outputTimestamp>2024-01-01T00:00:00Z</project.build.outputTimestamp>',
  '    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>',
  '  </properties>',
];

const maven: Project = {
  files: (name) => ({
    'pom.xml': lines(
      ...pomHead,
      '  <groupId>example</groupId>',
      `  <artifactId>${name}</artifactId>`,
      '  <version>1.0</version>',
      ...pomProperties,
      '  <build>',
      `    <finalName>${name}</finalName>`,
      ...jarPlugins,
      '  </build>',
      '</project>',
    ),
    'src/main/java/example/Main.java': javaProgram(name),
  }),
  dockerfile(style, place) {
    const { name, source, more } = place;
    const start = `CMD ["java", "-jar", "target/${name}.jar"]`;
    if (style === 'naive') return ['FROM maven:3.9-eclipse-temurin-17', 'WORKDIR /app', copyAll(place), 'RUN mvn -B package', ...more, start];
    if (style === 'untidy')
      return [
        'FROM maven:3.9-eclipse-temurin-17',
        `ADD ${source || '.'} /app/`,
        'WORKDIR /app',
        'RUN mvn -B clean package -DskipTests',
        ...more,
        `CMD java -jar target/${name}.jar`,
      ];
    if (style === 'split')
      return ['FROM maven:3.9-eclipse-temurin-17', 'WORKDIR /app', `COPY ${source}pom.xml .`, `COPY ${source}src ./src`, 'RUN mvn -B package', ...more, start];
    return [
      'FROM maven:3.9-eclipse-temurin-17 AS dev',
      'WORKDIR /app',
      copyAll(place),
      'RUN mvn -B package',
      '',
      'FROM eclipse-temurin:17-jre AS release',
      `COPY --from=dev /app/target/${name}.jar /app.jar`,
      ...more,
      'CMD ["java", "-jar", "/app.jar"]',
    ];
  },
};

/** Modules of `java/pom.xml`; the context is its folder. */
const mavenModules: Project = {
  files: (name) => ({
    'pom.xml': lines(
      ...pomHead,
      '  <parent>',
      '    <groupId>example</groupId>',
      '    <artifactId>fleet</artifactId>',
      '    <version>1.0</version>',
      '  </parent>',
      `  <artifactId>${name}</artifactId>`,
      '  <build>',
      `    <finalName>${name}</finalName>`,
      ...jarPlugins,
      '  </build>',
      '</project>',
    ),
    'src/main/java/example/Main.java': javaProgram(name),
  }),
  dockerfile(style, { name, source, more }) {
    const build = ['WORKDIR /app', 'COPY . .', `RUN mvn -B -pl ${source.slice(0, -1)} -am package`];
    if (style === 'staged' || style === 'split')
      return [
        'FROM maven:3.9-eclipse-temurin-17 AS dev',
        ...build,
        '',
        'FROM eclipse-temurin:17-jre AS release',
        `COPY --from=dev /app/${source}target/${name}.jar /app.jar`,
        ...more,
        'CMD ["java", "-jar", "/app.jar"]',
      ];
    return ['FROM maven:3.9-eclipse-temurin-17', ...build, ...more, `CMD ["java", "-jar", "${source}target/${name}.jar"]`];
  },
};

const php: Project = {
  files: (name) => ({
    'composer.json': json({ name: `example/${name}`, type: 'project', require: { php: '>=8.2' }, autoload: { 'psr-4': { 'Fleet\\': 'src/' } } }),
    'public/index.php': lines('<?php', `echo "${name}\\n";`),
    'src/Quay.php': lines('<?php', 'namespace Fleet;', 'final class Quay {}'),
  }),
  dockerfile(style, place) {
    const { source, more } = place;
    const base = ['FROM php:8.3-apache', 'WORKDIR /var/www/html'];
    if (style === 'untidy')
      return [
        ...base,
        'RUN apt-get update',
        'RUN apt-get install -y unzip git',
        `ADD ${source || '.'} ./`,
        'RUN chown -R www-data:www-data /var/www/html',
        ...more,
      ];
    if (style === 'staged')
      return [
        'FROM composer:2 AS dev',
        'WORKDIR /app',
        copyAll(place),
        'RUN composer install --no-dev',
        '',
        'FROM php:8.3-apache AS release',
        'COPY --from=dev /app /var/www/html',
        ...more,
      ];
    return [...base, 'COPY --from=composer:2 /usr/bin/composer /usr/bin/composer', copyAll(place), 'RUN composer install --no-dev', ...more];
  },
};

const windows: Project = {
  files: (name) => ({
    [`${name}.csproj`]: lines(
      '<Project Sdk="Microsoft.NET.Sdk">',
      '  <PropertyGroup>',
      '    <OutputType>Exe</OutputType>',
      '    <TargetFramework>net8.0</TargetFramework>',
      '  </PropertyGroup>',
      '</Project>',
    ),
    'Program.cs': lines(`System.Console.WriteLine("${name}");`),
  }),
  dockerfile(style, place) {
    const { name, more } = place;
    const build = [
      '# escape=`',
      `FROM mcr.microsoft.com/dotnet/sdk:8.0-windowsservercore-ltsc2022${style === 'staged' ? ' AS dev' : ''}`,
      'SHELL ["powershell", "-Command", "$ErrorActionPreference = \'Stop\';"]',
      'WORKDIR C:\\src',
      copyAll(place),
      'RUN dotnet publish -c Release `',
      '      -o C:\\out',
    ];
    if (style !== 'staged') return [...build, ...more, `ENTRYPOINT ["C:\\\\out\\\\${name}.exe"]`];
    return [
      ...build,
      '',
      'FROM mcr.microsoft.com/dotnet/runtime:8.0-nanoserver-ltsc2022 AS release',
      'COPY --from=dev C:\\out C:\\app',
      ...more,
      `ENTRYPOINT ["C:\\\\app\\\\${name}.exe"]`,
    ];
  },
};

export const projects: Readonly<Record<Language, Project>> = {
  npm,
  'npm workspace': npmWorkspace,
  'pnpm workspace': pnpmWorkspace,
  pip,
  uv,
  Go: go,
  'Go workspace': goWorkspace,
  Rust: rust,
  'Cargo workspace': cargoWorkspace,
  Maven: maven,
  'Maven modules': mavenModules,
  PHP: php,
  '.NET on Windows': windows,
};
