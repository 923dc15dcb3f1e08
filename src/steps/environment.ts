import { firstWhere } from '../text.ts';

/** Variables as they stand at one place: what is set later is not seen. An undefined value is one that is not known. */
export interface Environment {
  get(name: string): string | undefined;
  has(name: string): boolean;
  /** The same with more set. */
  with(settings: Iterable<readonly [name: string, value: string | undefined]>): Environment;
}

interface Setting {
  readonly time: number;
  readonly value: string | undefined;
}

/** All places share one history, so that each of many ENVs costs what it sets; a second one behind the same place begins its own. */
interface History {
  readonly settings: Map<string, Setting[]>;
  latest: number;
}

export function emptyEnvironment(): Environment {
  return environmentAt({ settings: new Map(), latest: 0 }, 0);
}

function environmentAt(history: History, time: number): Environment {
  const settingOf = (name: string): Setting | undefined => {
    const all = history.settings.get(name) ?? [];
    return all[firstWhere(all.length, (i) => (all[i]?.time ?? 0) > time) - 1];
  };
  return {
    get: (name) => settingOf(name)?.value,
    has: (name) => settingOf(name) !== undefined,
    with: (settings) => {
      const own = history.latest === time ? history : copyOf(history, time);
      const next = ++own.latest;
      for (const [name, value] of settings) {
        const all = own.settings.get(name);
        if (all) all.push({ time: next, value });
        else own.settings.set(name, [{ time: next, value }]);
      }
      return environmentAt(own, next);
    },
  };
}

function copyOf({ settings }: History, time: number): History {
  const copied = new Map<string, Setting[]>();
  for (const [name, all] of settings) {
    const seen = all.filter((setting) => setting.time <= time).slice(-1);
    if (seen.length > 0) copied.set(name, seen);
  }
  return { settings: copied, latest: time };
}
