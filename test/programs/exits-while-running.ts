import './running.ts';

process.stdout.write = () => process.exit(7);
