/**
 * An app that tries everything it should not be able to. It leaves what each attempt came to in `probe`;
 * `target` is the origin of the app around it.
 */
export const hostilePage = (target: string): string => `<!doctype html>
<title>hostile</title>
<h1>Hostile</h1>
<script>
const app = ${JSON.stringify(target)};
const outcome = {};
const attempt = async (name, run) => {
  try {
    outcome[name] = { value: await run() };
  } catch (error) {
    outcome[name] = { error: error.name };
  }
};
globalThis.probe = (async () => {
  await attempt('cookie', () => document.cookie);
  await attempt('parentCookie', () => parent.document.cookie);
  await attempt('parentStorage', () => parent.localStorage.length);
  await attempt('parentDom', () => parent.document.title);
  await attempt('parentFetch', () => typeof parent.fetch);
  await attempt('readApi', () => fetch(app + '/api/auth/session', { credentials: 'include' }).then((r) => r.text()));
  await attempt('readProjects', () => fetch(app + '/api/projects', { credentials: 'include' }).then((r) => r.text()));
  await attempt('blindRead', () => fetch(app + '/api/auth/session', { credentials: 'include', mode: 'no-cors' }).then((r) => r.type));
  await attempt('blindWrite', () => fetch(app + '/api/projects', {
    method: 'POST', credentials: 'include', mode: 'no-cors', body: '{"name":"made by the preview"}',
  }).then((r) => r.type));
  await attempt('form', () => {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = app + '/api/auth/logout';
    form.target = 'sink';
    const sink = document.createElement('iframe');
    sink.name = 'sink';
    document.body.append(sink, form);
    form.submit();
  });
  await attempt('topNavigation', () => { top.location.href = app + '/hijacked'; });
  await attempt('topReplace', () => { top.location.replace(app + '/hijacked'); });
  await attempt('socket', () => new Promise((resolve, reject) => {
    const source = new EventSource(app + '/api/projects', { withCredentials: true });
    source.onopen = () => resolve('open');
    source.onerror = () => reject(new Error('refused'));
  }));
  return outcome;
})();
globalThis.shout = () => {
  const loop = {};
  loop.self = loop;
  for (const message of [
    null, 0, 'x', [], loop, { qv: 1 }, { qv: 1, type: 7 }, { qv: 1, type: 'painted', ms: 'NaN', title: { a: 1 } },
    { qv: 1, type: 'console', level: 'error', args: 'none' }, { qv: 1, type: 'console', level: '__proto__', args: [null] },
    { qv: 1, type: 'error', message: {}, line: -1 }, { qv: 1, type: 'picked', element: { html: '<b>' } },
    { qv: 1, type: 'navigated', path: 'javascript:alert(1)' }, { qv: 2, type: 'boot' },
    { qv: 1, type: 'error', message: 'x'.repeat(1000000), file: 'y'.repeat(1000000) },
  ]) parent.postMessage(message, '*');
  for (let i = 0; i < 5000; i += 1) parent.postMessage({ qv: 1, type: 'console', level: 'error', args: ['flood ' + i] }, '*');
};
globalThis.spin = (ms) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};
</script>
`
