const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const clock = String.raw`\d\d:\d\d:\d\d(?:[.,]\d+)?`;

/** Dates with a time of day: ISO 8601, the mail format, and what `date` prints. A mere date or number could be a value of the program. */
const stamps = new RegExp(
  [
    String.raw`\b\d{4}-[01]\d-[0-3]\d[T ]${clock} ?(?:Z|UTC|[+-]\d\d:?\d\d)?`,
    String.raw`\b${day}, \d{1,2} ${month} \d{4} ${clock} ?(?:GMT|UTC|[+-]\d{4})?`,
    String.raw`\b${day} ${month} +\d{1,2} ${clock} (?:[A-Z]{3,5} )?\d{4}`,
  ].join('|'),
  'g',
);

/** The text with a mark in place of each time stamp; undefined where there is none. */
export function withoutTimes(text: string): string | undefined {
  const replaced = text.replace(stamps, '<time>');
  return replaced === text ? undefined : replaced;
}
