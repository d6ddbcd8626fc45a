import axe from 'axe-core'

/** What axe finds in a part of the page, in words. Colours need a browser: the end-to-end tests look at them. */
export async function violations(node: Element = document.body): Promise<string[]> {
  const { violations: found } = await axe.run(node, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  })
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((each) => each.html).join(' | ')}`)
}
