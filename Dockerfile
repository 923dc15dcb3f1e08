FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY build.mjs tsconfig.json tsconfig.build.json ./
COPY src src
COPY transforms transforms
RUN node build.mjs

FROM node:22-bookworm-slim AS production
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*
# A mounted repository belongs to another user, and git would refuse to read it.
RUN git config --system --add safe.directory '*'
COPY --from=production /app/node_modules /app/node_modules
COPY --from=build /src/package.json /app/
COPY --from=build /src/dist /app/dist
WORKDIR /work
USER node
ENTRYPOINT ["node", "/app/dist/cli.js"]
