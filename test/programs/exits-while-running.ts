import './running.ts';

process.stdout.write = (() => process.exit(7)) as typeof process.stdout.write;
