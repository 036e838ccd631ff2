// Clang's tools carry their version in their names.
import {lines} from './tools.mjs';

/** The command of a Clang tool: version 14 where there is one, else the newest; `exactly`: that one or none. */
export const findTool = async (name, {exactly} = {}) => {
	const versions = exactly ? [exactly] : [14, 20, 19, 18, 17, 16, 15];
	for (const version of versions) {
		const [found] = await lines('sh', ['-c', `command -v ${name}-${version}`]);
		if (found) return found;
	}
	const [told] = await lines(name, ['--version']);
	if (told === undefined) return undefined;
	const version = Number(/version (\d+)/.exec((await lines(name, ['--version'])).join(' '))?.[1]);
	return exactly && version !== exactly ? undefined : name;
};
