// Sets the theme before the first paint. A file of its own, so that the content security policy needs no inline script.
;(function () {
  var choice = 'system'
  try {
    choice = localStorage.getItem('qv-theme') || 'system'
  } catch (e) {
    // Storage can be forbidden: the system's theme is shown.
  }
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
