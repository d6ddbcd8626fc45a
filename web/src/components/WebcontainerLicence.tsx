/** What turning WebContainer on means: whose it is, where it comes from, and what it asks for. */
export const WebcontainerLicence = () => (
  <>
    WebContainer is StackBlitz’s and needs a licence from them for commercial use. It is no part of QuickVibe:
    it loads from the vendor’s host (stackblitz.com), so the project’s files are read by code from there and
    it does not work without the internet.
  </>
)
