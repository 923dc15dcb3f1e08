import { createHash } from 'node:crypto';
import type { Artifact, ArtifactChange, Fix, Location, Log, Notification, Region, ReportingDescriptor, Result } from 'sarif';
import metadata from '../../package.json' with { type: 'json' };
import transforms from '../../transforms/index.ts';
import type { Batch } from '../batch/batch.ts';
import type { CallerNote } from '../batch/caller-outcome.ts';
import type { Change, Level, Outcome } from '../outcome.ts';
import { pathInCheckout } from '../root.ts';
import { masked, secretValuesIn } from '../steps/secret-values.ts';
import { Lines } from '../text.ts';
import { editsFromOriginal, placesIn, type Place } from './places.ts';

const levels = { safe: 'warning', review: 'note', advice: 'note' } as const satisfies Record<Level, Result.level>;
const callersRule = 'callers';

/** The report for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html. `cwd` is absolute; paths are relative to its checkout. */
export function sarifReport(batch: Batch, cwd: string): string {
  const uriOf = (path: string): string => pathInCheckout(path, cwd).split('/').map(encodeURIComponent).join('/');
  const { outcomes, callerNotes } = batch;
  const results = [...outcomes.flatMap((outcome) => resultsOf(outcome, batch, uriOf)), ...callerNotes.map((note) => noteResult(note, uriOf))];
  const notifications = outcomes.flatMap((outcome) => notificationsOf(outcome, uriOf));
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'dockopt', semanticVersion: metadata.version, rules: rulesFor(results) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [root]: { description: { text: 'The root of the checkout.' } } },
        artifacts: artifactsOf(batch, uriOf),
        invocations: [
          {
            executionSuccessful: !notifications.some(({ level }) => level === 'error'),
            ...(notifications.length > 0 && { toolExecutionNotifications: notifications }),
          },
        ],
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const root = '%SRCROOT%';

type UriOf = (path: string) => string;

function rulesFor(results: readonly Result[]): ReportingDescriptor[] {
  const known = transforms.map(({ id, title, benefit, level, default: state = 'on', caveats = [] }): ReportingDescriptor => ({
    id,
    shortDescription: { text: `${title}.` },
    fullDescription: { text: benefit ?? `${title}.` },
    help: { text: [benefit ?? title, ...caveats, `\`dockopt explain ${id}\` tells where it holds back.`].join('\n\n') },
    defaultConfiguration: { level: levels[level], enabled: state === 'on' },
  }));
  const callers = { id: callersRule, shortDescription: { text: 'What those who build a Dockerfile have to do, or should know.' } };
  const all = [...known, callers];
  const own = new Set(results.flatMap(({ ruleId = '' }) => (all.some(({ id }) => id === ruleId) ? [] : [ruleId])));
  return [...all, ...[...own].map((id) => ({ id, shortDescription: { text: 'A transform of your own.' } }))];
}

function resultsOf(outcome: Outcome, batch: Batch, uriOf: UriOf): Result[] {
  const { path, changes, judgement } = outcome;
  if (changes.length + judgement.length === 0) return [];
  const placeOf = placesIn(outcome);
  const fingerprintOf = fingerprints(outcome);
  const all = [...changes.map((change) => ({ change, isMade: true })), ...judgement.map((change) => ({ change, isMade: false }))];
  return all.map(({ change, isMade }) => {
    const { id, level, message, because, differs, saves, finding } = change;
    const place = placeOf(change);
    const { startLine, endLine } = place;
    const fix = isMade && fixOf(outcome, change, uriOf);
    const others = isMade ? goingWith(change, path, batch) : [];
    return {
      ruleId: id,
      level: levels[level],
      message: { text: [message, because, differs && `What may differ: ${differs}`, saves && `Saves: ${saves}`].filter(Boolean).join('\n\n') },
      locations: [locationOf(uriOf(path), { startLine, endLine })],
      ...(others.length > 0 && {
        relatedLocations: others.map((other) => ({ ...locationOf(uriOf(other)), message: { text: 'It changes with the Dockerfile.' } })),
      }),
      partialFingerprints: { 'dockoptFinding/v1': fingerprintOf(change, place) },
      ...(fix && { fixes: [fix] }),
      properties: { level, finding, inPatch: isMade },
    };
  });
}

function locationOf(uri: string, region?: Region): Location {
  return { physicalLocation: { artifactLocation: { uri, uriBaseId: root }, ...(region && { region }) } };
}

/** What stays when lines move: the transform, the instruction, and which one of those that are alike it is. */
function fingerprints({ secrets }: Outcome): (change: Change, place: Place) => string {
  const counts = new Map<string, number>();
  return ({ id }, { instruction }) => {
    // A hash of a short credential could be searched for.
    const text = masked(instruction, secrets).replaceAll(/\s+/g, ' ');
    const hash = createHash('sha256').update(`${id}\n${text}`).digest('hex').slice(0, 32);
    const count = (counts.get(hash) ?? 0) + 1;
    counts.set(hash, count);
    return `${hash}:${count}`;
  };
}

/** None where other files have to change, too, and none that would show a credential. */
function fixOf(outcome: Outcome, change: Change, uriOf: UriOf): Fix | undefined {
  const { path, original, changes, secrets } = outcome;
  const { edits, before } = editsFromOriginal(outcome, change);
  const together = [...changes.slice(0, before), change];
  if (edits.length === 0 || together.some(({ ignores, wants }) => ignores.length + wants.length > 0)) return undefined;
  const shown = edits.map(({ text }) => text).join('\n');
  if (secretValuesIn(shown).length > 0 || masked(shown, secrets) !== shown) return undefined;
  const lines = new Lines(original);
  const artifactChange: ArtifactChange = {
    artifactLocation: { uri: uriOf(path), uriBaseId: root },
    replacements: edits.map(({ start, end, text }) => ({
      deletedRegion: regionOf(lines, start, end),
      ...(text !== '' && { insertedContent: { text } }),
    })),
  };
  const others = before === 0 ? '' : `, with the ${before === 1 ? 'change' : `${before} changes`} before it`;
  return { description: { text: change.message + others }, artifactChanges: [artifactChange] };
}

function regionOf(lines: Lines, start: number, end: number): Region {
  const startLine = lines.lineOf(start);
  const endLine = lines.lineOf(end);
  return { startLine, startColumn: start - lines.startOf(startLine) + 1, endLine, endColumn: end - lines.startOf(endLine) + 1 };
}

/** The files that change with a Dockerfile for this change. */
function goingWith({ ignores, wants }: Change, path: string, { ignoreFiles, callerFiles }: Batch): string[] {
  return [...(ignores.length > 0 ? ignoreFiles : []), ...(wants.length > 0 ? callerFiles : [])]
    .filter(({ askedBy }) => askedBy.includes(path))
    .map((file) => file.path);
}

function noteResult({ dockerfile, file, line, kind, text }: CallerNote, uriOf: UriOf): Result {
  const hash = createHash('sha256').update(`${dockerfile}\n${kind}\n${text}`).digest('hex').slice(0, 32);
  return {
    ruleId: callersRule,
    level: kind === 'to do' ? 'warning' : 'note',
    message: { text: `${kind === 'to do' ? 'To do by hand' : 'To know'}: ${text}` },
    locations: [locationOf(uriOf(file), { startLine: line })],
    relatedLocations: [{ ...locationOf(uriOf(dockerfile)), message: { text: 'The Dockerfile that it builds.' } }],
    partialFingerprints: { 'dockoptFinding/v1': hash },
  };
}

function notificationsOf({ path, status, error, notUnderstood, faults }: Outcome, uriOf: UriOf): Notification[] {
  const at = (line?: number): Location[] => [locationOf(uriOf(path), line === undefined ? undefined : { startLine: line })];
  return [
    ...(status === 'failed' ? [{ level: 'error' as const, message: { text: `It could not be read: ${error ?? ''}` }, locations: at() }] : []),
    ...(notUnderstood
      ? [{ level: 'warning' as const, message: { text: `It is left alone: ${notUnderstood.because}` }, locations: at(notUnderstood.line) }]
      : []),
    ...faults.map(({ id, message }) => ({ level: 'error' as const, message: { text: `${id} went wrong: ${message}` }, locations: at() })),
  ];
}

function artifactsOf({ outcomes, ignoreFiles, callerFiles }: Batch, uriOf: UriOf): Artifact[] {
  const location = (path: string): Artifact['location'] => ({ uri: uriOf(path), uriBaseId: root });
  return [
    ...outcomes.map(({ path, contexts, runsAgain }): Artifact => {
      const runs = runsAgain?.() ?? [];
      const contextPaths = contexts.map((context) => context.path);
      return { location: location(path), roles: ['analysisTarget'], properties: { contexts: contextPaths, ...(runs.length > 0 && { runsAgain: runs }) } };
    }),
    ...ignoreFiles.map(({ path, original, added, askedBy }): Artifact => ({
      location: location(path),
      roles: [original === undefined ? 'added' : 'modified'],
      properties: { added: added.map(({ pattern }) => pattern), askedBy },
    })),
    ...callerFiles.map(({ path, askedBy }): Artifact => ({ location: location(path), roles: ['modified'], properties: { askedBy } })),
  ];
}
