// Lays out every file as `make lint` wants it.
import {findTool} from './clang.mjs';
import {files, must} from './tools.mjs';

const text = await files(['*.ts', '*.mjs', '*.js', '*.json', '*.md', '*.css', '*.html', '*.yml']);
const pretty = text.filter(file => !/^test\/fixtures\/|package-lock/.test(file));
await must(process.execPath, [
	'node_modules/prettier/bin/prettier.cjs',
	'--write',
	'--log-level=warn',
	...pretty,
]);

const tool = await findTool('clang-format', {exactly: 14});
if (tool) await must(tool, ['-i', ...(await files(['native/**.[ch]pp', 'test/**.[ch]pp']))]);
