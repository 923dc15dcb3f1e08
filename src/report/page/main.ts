import type { PageChange, PageData, PageFile } from './data.ts';
import { diffTable, type View } from './diff.ts';
import { element, prose } from './element.ts';

const levels = ['safe', 'review', 'advice'] as const;

interface Card {
  readonly file: PageFile;
  readonly section: HTMLElement;
  readonly link: HTMLAnchorElement;
  /** Where the diff is put when it comes near. */
  readonly place: HTMLElement;
  /** In lower case. */
  readonly searched: string;
  /** undefined until it is drawn. */
  drawn?: View | undefined;
}

const data: PageData = JSON.parse(byId('data').textContent ?? '');
const chosen = { levels: new Set<string>(levels), transform: '', folder: '', search: '', view: 'unified' as View };
const cards = data.files.map(cardOf);
const cardsBySection = new Map<Element, Card>(cards.map((card) => [card.section, card]));

function byId(id: string): HTMLElement {
  return byIdAs(id, HTMLElement);
}

function byIdAs<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

function many(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '.' : path.slice(0, end);
}

// Cards

function cardOf(file: PageFile, index: number): Card {
  const { path, about, changes, judgement, declined, runsAgain, troubles, patch } = file;
  const id = `file-${index + 1}`;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const place = element('div', { class: 'place' });
  const head = element('h2', {}, element('span', { class: 'folder' }, path.slice(0, path.length - name.length)), name);
  const count = changes.length > 0 ? many(changes.length, 'change') : patch === '' ? 'no change' : '';
  const section = element(
    'section',
    { id, class: 'file' },
    element('div', { class: 'head' }, head, element('span', { class: 'about' }, about), element('span', { class: 'badge' }, count)),
  );
  for (const trouble of troubles) section.append(element('p', { class: 'trouble' }, ...prose(trouble)));
  if (patch !== '') section.append(place);
  else if (changes.length > 0) section.append(...changes.map(reason));
  if (runsAgain.length > 0) section.append(element('div', { class: 'runs' }, ...runsAgain.map((sentence) => element('p', {}, ...prose(sentence)))));
  if (judgement.length > 0)
    section.append(
      fold(
        `Worth your judgement, not in this patch: ${judgement.length}`,
        judgement.map((change) => element('li', {}, reason(change, `line ${change.line}`))),
      ),
    );
  if (declined.length > 0)
    section.append(
      fold(
        `Left alone: ${many(declined.length, 'place')}`,
        declined.map((one) =>
          element(
            'li',
            { class: 'declined' },
            element('span', { class: 'where' }, `line ${one.line}`),
            element('span', {}, ...prose(one.because)),
            element('span', { class: 'id' }, one.id),
          ),
        ),
      ),
    );
  const link = element(
    'a',
    { href: `#${id}` },
    element('span', {}, name),
    element('span', { class: 'badge' }, changes.length > 0 ? String(changes.length) : ''),
  );
  const said = [...changes, ...judgement].flatMap((one) => [one.id, one.message, one.because, one.differs ?? '', one.finding]);
  return { file, section, link, place, searched: [path, about, ...said, ...troubles].join('\n').toLowerCase() };
}

function fold(summary: string, items: readonly HTMLElement[]): HTMLElement {
  return element('details', {}, element('summary', {}, summary), element('ul', {}, ...items));
}

function reason(change: PageChange, where?: string | number): HTMLElement {
  const { id, level, message, because, differs, saves } = change;
  const made = element('div', { class: 'why' });
  made.dataset['id'] = id;
  made.dataset['level'] = level;
  made.append(
    element(
      'p',
      { class: 'message' },
      element('span', { class: `level ${level}` }, level),
      element('strong', {}, ...prose(message)),
      ...(typeof where === 'string' ? [element('span', { class: 'where' }, where)] : []),
      element('span', { class: 'id' }, id),
    ),
    element('p', {}, ...prose(because)),
  );
  if (differs !== undefined) made.append(element('p', { class: 'differs' }, element('span', {}, 'What may differ'), ' ', ...prose(differs)));
  if (saves !== undefined) made.append(element('p', { class: 'saves' }, element('span', {}, 'Saves'), ' ', ...prose(saves)));
  return made;
}

function draw(card: Card): void {
  if (card.drawn === chosen.view || card.file.patch === '') return;
  const { file, place } = card;
  const untold = file.changes.toSorted((a, b) => a.line - b.line);
  const table = diffTable(file, chosen.view, ({ to }) => {
    const count = untold.findIndex(({ line }) => line > to);
    return untold.splice(0, count < 0 ? untold.length : count).map(reason);
  });
  place.replaceChildren(element('div', { class: 'scroll' }, table));
  place.style.minHeight = '';
  card.drawn = chosen.view;
  dim(card);
}

/** Reasons that the filters do not mean step back. */
function dim({ section }: Card): void {
  for (const why of section.querySelectorAll<HTMLElement>('.why')) why.classList.toggle('dim', !isMeant(why.dataset['id'] ?? '', why.dataset['level'] ?? ''));
}

// Filters

function isMeant(id: string, level: string): boolean {
  return chosen.levels.has(level) && (chosen.transform === '' || chosen.transform === id);
}

function isShown({ file, searched }: Card): boolean {
  const all = [...file.changes, ...file.judgement];
  const isOpen = chosen.levels.size === levels.length && chosen.transform === '';
  if (!isOpen && !all.some(({ id, level }) => isMeant(id, level))) return false;
  const folder = folderOf(file.path);
  if (chosen.folder !== '' && folder !== chosen.folder && !folder.startsWith(`${chosen.folder}/`)) return false;
  return chosen.search.split(/\s+/).every((word) => searched.includes(word));
}

function filter(): void {
  let shown = 0;
  for (const card of cards) {
    const isIn = isShown(card);
    if (isIn) shown++;
    card.section.hidden = !isIn;
    card.link.hidden = !isIn;
    if (isIn) dim(card);
  }
  for (const group of document.querySelectorAll<HTMLElement>('#list > div')) group.hidden = [...group.querySelectorAll('a')].every((link) => link.hidden);
  byId('count').textContent = shown === cards.length ? many(shown, 'file') : `${shown} of ${many(cards.length, 'file')}`;
  byId('none').hidden = shown > 0;
}

function fillSelect(id: string, all: string, counts: ReadonlyMap<string, number>, onChange: (value: string) => void): void {
  const select = byIdAs(id, HTMLSelectElement);
  const options = [...counts].toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  select.append(element('option', { value: '' }, all), ...options.map(([name, count]) => element('option', { value: name }, `${name} (${count})`)));
  select.addEventListener('change', () => {
    onChange(select.value);
    filter();
  });
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

// View and theme

function show(view: View): void {
  chosen.view = view;
  byId('unified').setAttribute('aria-pressed', String(view === 'unified'));
  byId('split').setAttribute('aria-pressed', String(view === 'split'));
  const at = current();
  for (const card of cards) if (card.drawn !== undefined) draw(card);
  at?.section.scrollIntoView();
}

function switchTheme(): void {
  const { documentElement: root } = document;
  const isDark = root.dataset['theme'] === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : root.dataset['theme'] === 'dark';
  root.dataset['theme'] = isDark ? 'light' : 'dark';
}

// Moving between files

function visible(): Card[] {
  return cards.filter(({ section }) => !section.hidden);
}

const header = 72;

function current(): Card | undefined {
  return visible().findLast(({ section }) => section.getBoundingClientRect().top <= header + 8);
}

function step(by: 1 | -1): void {
  const all = visible();
  const now = current();
  const next = all[now ? all.indexOf(now) + by : 0];
  if (!next) return;
  draw(next);
  next.section.scrollIntoView();
  mark(next);
}

function mark(card: Card | undefined): void {
  for (const { link } of cards) link.removeAttribute('aria-current');
  if (!card) return;
  card.link.setAttribute('aria-current', 'true');
  const list = byId('list');
  const { offsetTop, offsetHeight } = card.link;
  if (offsetTop < list.scrollTop || offsetTop + offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = offsetTop - list.clientHeight / 2;
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const search = byIdAs('search', HTMLInputElement);
  if (event.target === search && event.key === 'Escape') search.blur();
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
  const actions: Readonly<Record<string, () => void>> = {
    j: () => step(1),
    k: () => step(-1),
    '/': () => search.focus(),
    u: () => show('unified'),
    s: () => show('split'),
    t: switchTheme,
    '?': () => byIdAs('keys', HTMLDialogElement).showModal(),
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

// The page

function notes(): HTMLElement[] {
  const headings = { 'to do': 'To do by hand, else these cannot build it', 'to know': 'To know' } as const;
  return (['to do', 'to know'] as const).flatMap((kind) => {
    const own = data.notes.filter((note) => note.kind === kind);
    if (own.length === 0) return [];
    const items = own.map(({ file, line, text }) => element('li', {}, element('code', {}, `${file}:${line}`), ' ', ...prose(text)));
    return [element('section', { class: `notes ${kind.replace(' ', '-')}` }, element('h2', {}, headings[kind]), element('ul', {}, ...items))];
  });
}

function headline(): string {
  const changes = cards.reduce((sum, { file }) => sum + file.changes.length, 0);
  const changed = cards.filter(({ file }) => file.changes.length > 0).length;
  const others = cards.filter(({ file }) => file.patch !== '' && file.changes.length === 0).length;
  if (changes === 0) return `Nothing to change in ${many(data.dockerfiles, 'Dockerfile')}`;
  return `${many(changes, 'change')} in ${changed} of ${many(data.dockerfiles, 'Dockerfile')}${others > 0 ? ` and ${many(others, 'other file')}` : ''}`;
}

function build(): void {
  byId('sum').textContent = headline();
  const all = cards.flatMap(({ file }) => [...file.changes, ...file.judgement]);
  const perLevel = counted(all.map(({ level }) => level));
  for (const level of levels) {
    const button = element(
      'button',
      { type: 'button', class: `level ${level}`, 'aria-pressed': 'true' },
      level,
      element('span', {}, String(perLevel.get(level) ?? 0)),
    );
    button.addEventListener('click', () => {
      const isOn = chosen.levels.has(level);
      if (isOn) chosen.levels.delete(level);
      else chosen.levels.add(level);
      button.setAttribute('aria-pressed', String(!isOn));
      filter();
    });
    byId('levels').append(button);
  }
  fillSelect('transform', 'all', counted(all.map(({ id }) => id)), (value) => (chosen.transform = value));
  fillSelect('folder', 'all', counted(cards.map(({ file }) => folderOf(file.path))), (value) => (chosen.folder = value));
  const groups = new Map<string, Card[]>();
  for (const card of cards) groups.set(folderOf(card.file.path), [...(groups.get(folderOf(card.file.path)) ?? []), card]);
  for (const [folder, own] of groups) byId('list').append(element('div', {}, element('p', {}, folder), ...own.map(({ link }) => link)));
  const none = element('p', { id: 'none', hidden: '' }, 'No file is like that.');
  byId('main').append(...notes(), ...cards.map(({ section }) => section), none, element('footer', {}, `dockopt ${data.version}`));

  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        const card = isIntersecting ? cardsBySection.get(target) : undefined;
        if (card) draw(card);
      }
    },
    { rootMargin: '1200px 0px' },
  );
  for (const { section, place, file } of cards) {
    place.style.minHeight = `${21 * file.patch.split('\n').length + 90 * file.changes.length}px`;
    near.observe(section);
  }
  const here = new IntersectionObserver(() => mark(current()), { rootMargin: `-${header}px 0px -70% 0px` });
  for (const { section } of cards) here.observe(section);
}

build();
filter();
byId('search').addEventListener('input', () => {
  chosen.search = byIdAs('search', HTMLInputElement).value.trim().toLowerCase();
  filter();
});
byId('unified').addEventListener('click', () => show('unified'));
byId('split').addEventListener('click', () => show('split'));
byId('theme').addEventListener('click', switchTheme);
byId('help').addEventListener('click', () => byIdAs('keys', HTMLDialogElement).showModal());
document.addEventListener('keydown', onKey);
window.addEventListener('beforeprint', () => cards.forEach(draw));
