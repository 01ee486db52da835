import { required } from "./body-members.ts";
import { type Caller, type Operation, failed, succeeded } from "./operation.ts";
import type { RestContext } from "./rest-context.ts";

const LOGIN = {
  userNotFound: 1,
  passwordWrong: 2,
  invalidCredentials: 3,
  appNotFound: 4,
  noSubscription: 9,
} as const;

/** Log-in, which needs no token and counts in no rate limit. */
export function openOperations({ sessions, user }: RestContext): readonly Operation<null>[] {
  const enter = (userName: string, refusal: number): ReturnType<typeof succeeded> => {
    if (userName !== user.userName) return failed(LOGIN.userNotFound, null, { token: null });
    if (refusal !== 0) return failed(refusal, null, { token: null });
    if (!user.hasApi) return failed(LOGIN.noSubscription, null, { token: null });
    return succeeded({ token: sessions.logIn(userName) });
  };
  return [
    {
      name: "Auth/loginKey",
      bucket: null,
      members: { userName: required("text"), apiKey: required("text") },
      run: ({ userName, apiKey }) =>
        enter(userName as string, apiKey === user.apiKey ? 0 : LOGIN.invalidCredentials),
    },
    {
      name: "Auth/loginApp",
      bucket: null,
      members: {
        userName: required("text"),
        password: required("text"),
        deviceId: required("text"),
        appId: required("text"),
        verifyKey: required("text"),
      },
      run({ userName, password, appId }) {
        const wrong = appId === "" ? LOGIN.appNotFound : LOGIN.passwordWrong;
        return enter(userName as string, password === user.apiKey && appId !== "" ? 0 : wrong);
      },
    },
  ];
}

export function sessionOperations({ sessions }: RestContext): readonly Operation<Caller>[] {
  return [
    {
      name: "Auth/validate",
      bucket: "rest",
      members: null,
      run: (_body, { sessionId }) => succeeded({ newToken: sessions.renew(sessionId) }),
    },
    {
      name: "Auth/logout",
      bucket: "rest",
      members: null,
      run(_body, { sessionId }) {
        sessions.logOut(sessionId);
        return succeeded();
      },
    },
  ];
}
