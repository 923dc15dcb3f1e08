/** Edits in the file's own style: line ends, escape character, indentation, where `&&` stands. */
export { joinCopies } from './edit-copies.ts';
export { removeInstruction, removeInstructions } from './edit-lines.ts';
export { copyLike, moveBehind } from './edit-moves.ts';
export { appendCommand, joinRuns } from './edit-runs.ts';
