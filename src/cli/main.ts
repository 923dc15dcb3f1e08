#!/usr/bin/env node
import metadata from '../../package.json' with { type: 'json' };

// A reader that has seen enough (`dockopt | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const typed = process.argv.slice(2);

// Asked by scripts and by tools that look for dockopt: it does not wait for all the rest to be loaded.
if (typed.length === 1 && typed[0] === '--version') process.stdout.write(`${metadata.version}\n`);
else await import('./command-line.ts').then(({ run }) => run(typed));
