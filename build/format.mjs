// Lays out every file as `make lint` wants it.
import {findTool} from './clang.mjs';
import {files, lines, must} from './tools.mjs';

// .prettierignore says which of them are left alone.
const pretty = await files(['*.ts', '*.mjs', '*.js', '*.json', '*.md', '*.css', '*.html', '*.yml']);
await must(process.execPath, [
	'node_modules/prettier/bin/prettier.cjs',
	'--write',
	'--log-level=warn',
	...pretty,
]);

const tool = await findTool('clang-format', {exactly: 14});
if (tool) await must(tool, ['-i', ...(await files(['native/**.[ch]pp', 'test/**.[ch]pp']))]);

if ((await lines('go', ['env', 'GOVERSION'])).length > 0) await must('gofmt', ['-w', 'test/go']);
