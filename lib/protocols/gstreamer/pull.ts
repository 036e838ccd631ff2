import {PipelineSource} from '../../media/pipeline-source.ts';
import type {OpenSource} from '../../media/source.ts';
import type {Native} from '../../native/native.ts';

/** Runs the launch line after `gstreamer:`; a hubsink in it that names no path publishes to this one. */
export const createGstreamerSource =
	(native: Pick<Native, 'start'>): OpenSource =>
	({path, source}) => {
		const launch = source.replace(/^gstreamer:\s*/i, '');
		return new PipelineSource(native, {type: 'launch', launch, paused: false, path});
	};
