// Cuts Daytona's own API descriptions down to the calls that the Daytona engine makes.
//
// node trim.mjs API.json TOOLBOX.json: the whole descriptions (openapi-specs/{api,toolbox}.json of github.com/daytona/clients,
// with the toolbox's paths below /{sandboxId}); writes daytona-{api,toolbox}.json beside this script.
//
// Kept as they are, but for examples that a stateless server must answer with so that a client can go on (a state, addresses, a
// folder), and the form of an upload. They are set here, so that what differs from the vendor's files can be read.
import { readFileSync, writeFileSync } from 'node:fs'

const API = {
  '/sandbox': ['get', 'post'],
  '/sandbox/{sandboxIdOrName}': ['get', 'delete'],
  '/sandbox/{sandboxIdOrName}/start': ['post'],
  '/sandbox/{sandboxIdOrName}/stop': ['post'],
  '/sandbox/{sandboxIdOrName}/ports/{port}/preview-url': ['get'],
}
const TOOLBOX = {
  '/files': ['get'],
  '/files/bulk-upload': ['post'],
  '/files/download': ['get'],
  '/files/folder': ['post'],
  '/port/{port}/in-use': ['get'],
  '/process/execute': ['post'],
  '/process/pty': ['post'],
  '/process/pty/{sessionId}': ['get', 'delete'],
  '/process/pty/{sessionId}/connect': ['get'],
  '/process/pty/{sessionId}/resize': ['post'],
  '/process/session': ['post'],
  '/process/session/{sessionId}': ['delete'],
  '/process/session/{sessionId}/command/{commandId}': ['get'],
  '/process/session/{sessionId}/command/{commandId}/input': ['post'],
  '/process/session/{sessionId}/command/{commandId}/logs': ['get'],
  '/process/session/{sessionId}/exec': ['post'],
  '/system/metrics': ['get'],
  '/work-dir': ['get'],
}

const read = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** The paths of a description, with these methods and what belongs to all of them. */
const pick = (paths, kept, prefix = '') =>
  Object.fromEntries(
    Object.entries(kept).map(([path, methods]) => {
      const whole = paths[prefix + path]
      if (!whole) throw new Error(`there is no ${prefix + path}`)
      const parts = methods.map((method) => {
        if (!whole[method]) throw new Error(`there is no ${method} ${path}`)
        return [method, whole[method]]
      })
      if (whole.parameters) parts.push(['parameters', whole.parameters])
      return [prefix + path, Object.fromEntries(parts)]
    }),
  )

/** The schemas that are used, also by each other. */
const used = (all, prefix, value) => {
  const found = {}
  const look = (inner) => {
    if (Array.isArray(inner)) return inner.forEach(look)
    if (inner === null || typeof inner !== 'object') return
    const name = inner.$ref?.startsWith(prefix) ? inner.$ref.slice(prefix.length) : undefined
    if (name && !found[name]) {
      found[name] = all[name]
      look(all[name])
    }
    Object.values(inner).forEach(look)
  }
  look(value)
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const write = (name, value) =>
  writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(value, null, 1)}\n`)

const licence = { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' }
const [apiPath, toolboxPath] = process.argv.slice(2)

const api = read(apiPath)
const apiPaths = pick(api.paths, API)
const schemas = used(api.components.schemas, '#/components/schemas/', apiPaths)
const states = schemas.SandboxState.enum
schemas.SandboxState.enum = ['started', ...states.filter((state) => state !== 'started')]
schemas.Sandbox.properties.toolboxProxyUrl.example = 'http://127.0.0.1:4011'
schemas.PortPreviewUrl.properties.url.example = 'http://127.0.0.1:4012'
write('daytona-api.json', {
  openapi: api.openapi,
  info: { ...api.info, license: licence },
  paths: apiPaths,
  components: { securitySchemes: api.components.securitySchemes, schemas },
})

const toolbox = read(toolboxPath)
const toolboxPaths = pick(toolbox.paths, TOOLBOX, '/{sandboxId}')
const definitions = used(toolbox.definitions, '#/definitions/', toolboxPaths)
definitions.WorkDirResponse.properties.dir.example = '/home/daytona'
definitions.ExecuteResponse.properties.exitCode.example = 0
definitions.Command.properties.exitCode.example = 0
// The description forgets the form of an upload, though it says that there is one.
toolboxPaths['/{sandboxId}/files/bulk-upload'].post.parameters = [
  { name: 'files[0].path', in: 'formData', type: 'string', required: true },
  { name: 'files[0].file', in: 'formData', type: 'file', required: true },
]
// Prism cannot write bytes.
const download = toolboxPaths['/{sandboxId}/files/download'].get
download.produces = ['text/plain']
download.responses[200].schema = { type: 'string' }
// A server of examples makes no sockets; that one was asked for is answered plainly.
const connect = toolboxPaths['/{sandboxId}/process/pty/{sessionId}/connect'].get
connect.responses = { 200: { description: 'asked for' }, ...connect.responses }
delete connect.responses[101]
write('daytona-toolbox.json', {
  swagger: toolbox.swagger,
  info: { ...toolbox.info, license: licence },
  securityDefinitions: toolbox.securityDefinitions,
  security: toolbox.security,
  paths: toolboxPaths,
  definitions,
})
