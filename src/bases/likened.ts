/** What images that dockopt cannot know are like, by their names as FROM has them; `*` stands for anything, no tag for every tag. */
export type Images = Readonly<Record<string, { readonly like: string }>>;

/** The name under which an image is read: that of the first it is said to be like, else its own. A `*` there is what the `*` in its place stood for. */
export function likened(image: string, images: Images): string {
  const name = tagged(image.replace(/@.*$/, ''), image.includes('@') ? '' : 'latest');
  for (const [pattern, { like }] of Object.entries(images)) {
    const found = patternOf(tagged(pattern, '*')).exec(name);
    let star = 0;
    if (found) return like.replaceAll('*', () => found[++star] ?? '');
  }
  return image;
}

function tagged(image: string, tag: string): string {
  return image.lastIndexOf(':') > image.lastIndexOf('/') ? image : `${image}:${tag}`;
}

function patternOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '(.*)')}$`, 's');
}
