/** Edits in the file's own style: line ends, escape character, indentation, where `&&` stands. */
export { addFlag, addSources, joinCopies, removeSource, replaceFolder } from './edit-copies.ts';
export { writeAsHeredoc } from './edit-heredocs.ts';
export { insertStrings } from './edit-json.ts';
export { putBefore, putBehind, removeEmptyContinuations, removeInstruction, removeInstructions } from './edit-lines.ts';
export { copyLike, isParted, lowerInstructions, moveBehind } from './edit-moves.ts';
export { addFlags, appendCommand, gatherRuns, insertCommands, joinBelow, joinRuns, runLike, runOf } from './edit-runs.ts';
export { freeStageName, partStage } from './edit-stages.ts';
export { leaveRoot } from './edit-users.ts';
export { keywordLike } from './style.ts';
export { raiseFrontend } from './edit-directives.ts';
export { authorsLabel, labelMaintainer, removeSetting, writePair } from './pairs.ts';
