import {z} from 'zod';

/** What is known of a key beside its form and its meaning. */
export type KeyFacts = {
	/** As it is written in a file. */
	default: unknown;
	/** False: a change takes effect by opening anew what uses it (a listener, a source). */
	isLive: boolean;
	/** Not a key of MediaMTX. */
	isOurs?: boolean;
	/** Why a value is accepted and not acted upon by this version. */
	pending?: ((value: unknown) => string | undefined) | undefined;
};

/** The facts of every key of the schema. */
export const keyFacts = z.registry<KeyFacts>();

/** A key of the file with its default, in the form that a person would write, and its meaning. */
export function key<Schema extends z.ZodType>(
	schema: Schema,
	{description, ...facts}: KeyFacts & {description: string},
) {
	const described = schema
		.prefault(facts.default as z.util.NoUndefined<z.input<Schema>>)
		.describe(description);
	keyFacts.add(described, facts);
	return described;
}
