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
