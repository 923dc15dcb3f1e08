import { builders } from './javascript/builders.ts';

/** What is known of `.env` files: the settings, and often the secrets, of one machine. */

/** Builders that read `.env` and put it into what they build. */
export const settingsReaders: ReadonlySet<string> = new Set([
  ...Object.keys(builders).filter((name) => !['tsup', 'parcel', 'turbo', 'webpack'].includes(name)),
  'dotenv',
  'env-cmd',
]);

const depended = [...settingsReaders].filter((name) => name in builders);
const dependency = new RegExp(`"(${[...depended, '@angular/cli'].join('|')})"\\s*:`);

const scriptRunners = /^(npm|npx|yarn|pnpm|pnpx|bun|bunx|turbo|nx|lerna|rush|make)$/;

/** True for a program that runs scripts of the project, and by them whatever it depends on. */
export function runsScripts(program: string): boolean {
  return scriptRunners.test(program);
}

/** The text of a package.json, where what its scripts run may read `.env`. */
export function dependsOnSettingsReader(manifest: string): boolean {
  return dependency.test(manifest);
}

/** A file that shows what settings there are, and is read by people. */
export function isSettingsSample(path: string): boolean {
  return /(^|\/)\.env\.(.*\.)?(example|sample|template|dist)$/.test(path);
}
