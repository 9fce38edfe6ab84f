"""A browser without JavaScript: follows redirects, keeps cookies, fills in forms. Python standard library only.

It stands in for the person in front of the screen: it opens the Connect Link, signs in, consents.
"""
import html.parser
import http.client
import urllib.parse

MOST_STEPS = 12
BUTTONS = ("Continue", "Connect", "Sign in", "Allow")


class FormParser(html.parser.HTMLParser):
    """Forms of a page: action, fields with their values, and buttons."""

    def __init__(self):
        super().__init__()
        self.forms = []
        self.button = None

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append({"action": attributes.get("action", ""), "fields": {}, "buttons": []})
        elif tag == "input" and self.forms and attributes.get("name"):
            is_off = attributes.get("type") in ("checkbox", "radio") and "checked" not in attributes
            if not is_off:
                self.forms[-1]["fields"][attributes["name"]] = attributes.get("value", "")
        elif tag == "button" and self.forms:
            self.button = {"text": "", "name": attributes.get("name"), "value": attributes.get("value", "")}

    def handle_data(self, data):
        if self.button:
            self.button["text"] += data

    def handle_endtag(self, tag):
        if tag == "button" and self.button:
            self.forms[-1]["buttons"].append(self.button)
            self.button = None


class Page:
    def __init__(self, url, status, body):
        self.url, self.status, self.body = url, status, body
        parser = FormParser()
        parser.feed(body)
        self.forms = parser.forms

    def find_button(self, wanted):
        """The form and button whose text starts with one of the wanted words, in their order."""
        for word in wanted:
            for form in self.forms:
                for button in form["buttons"]:
                    if button["text"].strip().startswith(word):
                        return form, button
        return None


class FormBrowser:
    def __init__(self):
        self.cookies = {}  # by host and port
        self.visited = []  # every URL, with what it carries

    def request(self, method, url, body=None):
        parts = urllib.parse.urlsplit(url)
        headers = {}
        jar = self.cookies.setdefault(parts.netloc, {})
        if jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        connection.request(method, parts.path + ("?" + parts.query if parts.query else ""), body, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            jar[name.strip()] = value
        connection.close()
        return response.status, response.headers.get("Location"), text

    def go(self, method, url, body=None):
        for _ in range(MOST_STEPS):
            self.visited.append(url)
            status, location, text = self.request(method, url, body)
            if status not in (301, 302, 303, 307, 308):
                return Page(url, status, text)
            url, method, body = urllib.parse.urljoin(url, location), "GET", None
        raise RuntimeError(f"too many redirects at {url}")

    def submit(self, page, wanted, values):
        found = page.find_button(wanted)
        if not found:
            raise RuntimeError(f"no button {wanted} at {page.url} (status {page.status}):\n{page.body}")
        form, button = found
        fields = {name: values.get(name, value) for name, value in form["fields"].items()}
        if button["name"]:
            fields[button["name"]] = button["value"]
        return self.go("POST", urllib.parse.urljoin(page.url, form["action"]), urllib.parse.urlencode(fields))

    def walk(self, link, values):
        """Presses on from the link until no form asks for anything; returns the last page."""
        page = self.go("GET", link)
        for _ in range(MOST_STEPS):
            if not page.find_button(BUTTONS):
                return page
            page = self.submit(page, BUTTONS, values)
        raise RuntimeError(f"the walk does not end: {page.url}")
