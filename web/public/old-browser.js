// Runs in whatever browser comes. One that cannot read the pages' scripts would show
// nothing: it is told that it is too old, in words that stand in index.html.
(function () {
  function tell() {
    var app = document.getElementById('app');
    if (app === null || app.childNodes.length > 0) return;
    document.getElementById('too-old').hidden = false;
  }
  if (!('noModule' in document.createElement('script'))) {
    document.addEventListener('DOMContentLoaded', tell);
  }
  window.addEventListener('error', function (event) {
    if (/SyntaxError/.test(event.message)) tell();
  });
})();
