/** An element with attributes and what stands in it; texts are texts, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A text in which `code` is set off. */
export function prose(text: string): (Node | string)[] {
  return text.split(/(`[^`]+`)/).map((part, index) => (index % 2 === 1 ? element('code', {}, part.slice(1, -1)) : part));
}
