import { describe, expect, test } from 'vitest';
import introduceStages from '../../transforms/introduce-stages.ts';
import { said } from './lying.ts';

const files = { 'go.mod': 'module example.com/tide\n\ngo 1.22\n', 'main.go': 'package main\n\nfunc main() {}\n', 'web/page.html': '<h1>tide</h1>\n' };
const before = `FROM golang:1.22
ENV STATION=husum
RUN apt-get update && apt-get install -y libpq-dev
WORKDIR /src
COPY . .
RUN go vet ./...
RUN go build -o /bin/tide .
EXPOSE 9090
CMD ["/bin/tide"]
`;
const shipped = `
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libpq5 && rm -rf /var/lib/apt/lists/*
ENV STATION=husum
WORKDIR /src
COPY . .
COPY --from=build /bin/tide /bin/tide
EXPOSE 9090
`;
const after = before.replace('golang:1.22', 'golang:1.22 AS build').replace('EXPOSE 9090\n', shipped);

describe('stages', () => {
  test('ship what the build makes', () => expect(said(introduceStages, before, after, files)).toBe(''));

  test.each([
    ['without a step of the build', after.replace('RUN go vet ./...\n', '')],
    ['with another step of the build', after.replace('go vet ./...', 'true')],
    [
      'with the steps of the build in another order',
      after.replace('RUN go vet ./...\nRUN go build -o /bin/tide .\n', 'RUN go build -o /bin/tide .\nRUN go vet ./...\n'),
    ],
    ['with other variables in the build', after.replace('ENV STATION=husum\nRUN', 'ENV STATION=kiel\nRUN')],
    ['built FROM another image', after.replace('golang:1.22', 'golang:1.23')],
    ['shipped on another image', after.replace('debian:bookworm-slim', 'debian:bullseye-slim')],
    ['shipped on the image that builds', after.replace('FROM debian:bookworm-slim', 'FROM build')],
    ['under another name', after.replace('debian:bookworm-slim', 'debian:bookworm-slim AS tide')],
    ['without the variable', after.replace('*\nENV STATION=husum\n', '*\n')],
    ['with another command', after.replace('["/bin/tide"]', '["/bin/tide", "-v"]')],
    ['with a command for a shell', after.replace('["/bin/tide"]', '/bin/tide')],
    ['without the port', after.replace('EXPOSE 9090\n', '')],
    ['in another folder', after.replace('*\nENV STATION=husum\nWORKDIR /src', '*\nENV STATION=husum\nWORKDIR /app')],
    ['as another user', after.replace('EXPOSE', 'USER nobody\nEXPOSE')],
    ['without the binary', after.replace('COPY --from=build /bin/tide /bin/tide\n', 'COPY --from=build /src/go.mod /go.mod\n')],
    ['with the binary elsewhere', after.replace('/bin/tide /bin/tide', '/bin/tide /usr/bin/tide')],
    ['without what the program may read', after.replace('COPY . .\nCOPY --from', 'COPY --from')],
    ['without a library', after.replace(' libpq5', '')],
    ['without certificates', after.replace(' ca-certificates', '')],
    ['with a program from elsewhere', after.replace('EXPOSE', 'COPY --from=busybox /bin/sh /bin/sh\nEXPOSE')],
    ['with a step that is new', after.replace('EXPOSE', 'RUN chmod 777 /src\nEXPOSE')],
    ['with a stage in between that does more', after.replace('\nFROM debian', '\nFROM golang:1.22 AS more\nRUN rm -rf /src\n\nFROM debian')],
  ])('not %s', (_what, text) => expect(said(introduceStages, before, text, files)).toContain('fail the check'));
});
