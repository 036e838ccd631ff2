/** What a parser gives: a value, or the reason in words why there is none. Parsers never throw. */
export type Parsed<Value> = {ok: true; value: Value} | {ok: false; reason: string};

export const parsed = <Value>(value: Value): Parsed<Value> => ({ok: true, value});

export const unparsed = (reason: string): Parsed<never> => ({ok: false, reason});
