/** What ASP.NET answers when it cannot read a request. */
export type ProblemDetails = {
  readonly type: string;
  readonly title: string;
  readonly status: 400;
  readonly errors: Readonly<Record<string, readonly string[]>>;
  readonly traceId: string;
};

export function problemDetails(
  errors: Readonly<Record<string, readonly string[]>>,
): ProblemDetails {
  return {
    type: "https://tools.ietf.org/html/rfc9110#section-15.5.1",
    title: "One or more validation errors occurred.",
    status: 400,
    errors,
    traceId: "00-00000000000000000000000000000000-0000000000000000-00",
  };
}
