/** Instructions by stage: `{ name, parent, instructions }`, the parent an earlier stage that it is built FROM. */
export function stagesOf(instructions) {
  const stages = [];
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') {
      const [base = '', as, name] = instruction.body.split(/\s+/);
      const parent = stages.findLast((stage) => stage.name !== undefined && stage.name === base.toLowerCase());
      stages.push({ name: /^as$/i.test(as ?? '') ? name?.toLowerCase() : undefined, parent, instructions: [] });
    } else {
      if (stages.length === 0) stages.push({ name: undefined, parent: undefined, instructions: [] });
      stages.at(-1).instructions.push(instruction);
    }
  }
  return stages;
}

/** The last stage and those that it is built FROM. */
export function shippedStages(stages) {
  const shipped = new Set();
  for (let stage = stages.at(-1); stage; stage = stage.parent) shipped.add(stage);
  return shipped;
}
