/** Computes something once for each text, of the last few hundred: what one Dockerfile holds is met again in each text that it goes through. */
export function onceForText<Value>(compute: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, { readonly value: Value }>();
  return (text) => {
    let computed = known.get(text);
    if (computed) return computed.value;
    if (known.size >= mostTexts) known.clear();
    known.set(text, (computed = { value: compute(text) }));
    return computed.value;
  };
}

const mostTexts = 500;

/** Computes something once for each object that it belongs to, and lets go of it together with that object. What it depends on beside it must be the same each time. */
export function once<Owner extends object, Rest extends readonly unknown[], Value>(
  compute: (owner: Owner, ...rest: Rest) => Value,
): (owner: Owner, ...rest: Rest) => Value {
  const known = new WeakMap<Owner, { readonly value: Value }>();
  return (owner, ...rest) => {
    let computed = known.get(owner);
    if (!computed) known.set(owner, (computed = { value: compute(owner, ...rest) }));
    return computed.value;
  };
}
