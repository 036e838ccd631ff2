import {findPath} from './find-path.ts';
import type {Config} from './schema.ts';

/** The kind of HLS of a path; of one that is not there, that of all others. */
export const hlsVariantOf = (config: Config, path: string): Config['hlsVariant'] => {
	const own = findPath(config, path)?.config.hlsVariant ?? 'global';
	return own === 'global' ? config.hlsVariant : own;
};
