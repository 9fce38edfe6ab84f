#!/usr/bin/env python3
"""usage: coffer_testing_test.py COFFER    or, with $COFFER: python3 -m unittest coffer_testing_test"""
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
import urllib.parse
import urllib.request

from coffer_testing import Mock, MockError

ALICE, BOB = "alice@example.com", "bob@example.com"
HERE = pathlib.Path(__file__).resolve().parent
PYTHONS = (sys.executable, "/usr/bin/python3")


class MockTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mock = Mock.start()

    @classmethod
    def tearDownClass(cls):
        cls.mock.stop()

    def setUp(self):
        self.mock.reset()

    def assert_dead(self, tokens):
        with self.assertRaises(MockError) as refused:
            self.mock.userinfo(tokens)
        self.assertEqual(refused.exception.status, 401)

    def assert_not_refreshed(self, tokens):
        with self.assertRaises(MockError) as refused:
            self.mock.refresh(tokens)
        self.assertEqual(refused.exception.error, "invalid_grant")

    def authorize_url(self):
        query = {"response_type": "code", "client_id": self.mock.client_id, "redirect_uri": "http://127.0.0.1:8123/cb", "state": "s1",
                 "scope": "openid", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
        return self.mock.metadata()["authorization_endpoint"] + "?" + urllib.parse.urlencode(query)

    def test_a_user_is_connected(self):
        tokens = self.mock.connect(BOB, scope="openid email")
        self.assertEqual(self.mock.userinfo(tokens)["email"], BOB)

    def test_an_application_gets_its_redirect_when_the_user_approves(self):
        back = urllib.parse.urlsplit(self.mock.approve(self.authorize_url(), ALICE))
        self.assertEqual((back.hostname, back.port, back.path), ("127.0.0.1", 8123, "/cb"))
        answer = dict(urllib.parse.parse_qsl(back.query))
        self.assertEqual(answer["state"], "s1")
        self.assertTrue(answer["code"])

    def test_an_application_is_told_when_the_user_denies(self):
        answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.mock.deny(self.authorize_url())).query))
        self.assertEqual(answer["error"], "access_denied")

    def test_a_wrong_password_is_an_error(self):
        with self.assertRaises(MockError):
            self.mock.approve(self.authorize_url(), ALICE, "wrong")

    def test_time_ends_an_access_token(self):
        tokens = self.mock.connect(ALICE)
        self.mock.advance("2h")
        self.assert_dead(tokens)
        self.assertTrue(self.mock.userinfo(self.mock.refresh(tokens)))

    def test_an_access_token_can_be_expired_alone(self):
        tokens = self.mock.connect(ALICE)
        self.assertEqual(self.mock.expire(ALICE), 1)
        self.assert_dead(tokens)
        self.assertTrue(self.mock.refresh(tokens).access_token)

    def test_a_refresh_token_can_be_expired(self):
        tokens = self.mock.connect(ALICE)
        self.mock.expire(ALICE, "refresh")
        self.assert_not_refreshed(tokens)

    def test_a_grant_can_be_revoked_without_touching_another(self):
        alices, bobs = self.mock.connect(ALICE), self.mock.connect(BOB)
        self.assertEqual(self.mock.revoke(ALICE), 1)
        self.assert_dead(alices)
        self.assert_not_refreshed(alices)
        self.assertTrue(self.mock.userinfo(bobs))

    def test_the_journal_tells_what_was_asked(self):
        self.mock.refresh(self.mock.connect(ALICE))
        entries = self.mock.journal(endpoint="refresh", account=ALICE)
        self.assertEqual([entry["status"] for entry in entries], [200])

    def test_events_are_the_journal_of_an_endpoint(self):
        self.mock.connect(ALICE)
        self.assertEqual([(entry["endpoint"], entry["account"]) for entry in self.mock.events("token")], [("token", ALICE)])

    def test_an_expectation_holds_when_exactly_so_many_requests_came(self):
        self.mock.refresh(self.mock.connect(ALICE))
        self.assertEqual(len(self.mock.expect(endpoint="refresh", since="1m")), 1)
        with self.assertRaisesRegex(AssertionError, "broken"):
            self.mock.expect(0, endpoint="refresh", since="1m")

    def test_a_script_answers_for_the_person(self):
        self.mock.script("deny", login_hint=BOB, count=1)
        with self.assertRaises(MockError) as refused:
            self.mock.connect(BOB, login_hint=BOB)
        self.assertEqual(refused.exception.error, "access_denied")

    def test_a_snapshot_brings_back_what_was(self):
        tokens = self.mock.connect(ALICE)
        before = self.mock.snapshot()
        self.mock.revoke(ALICE)
        self.assert_dead(tokens)
        self.mock.restore(before)
        self.assertTrue(self.mock.userinfo(tokens))

    def test_a_fault_meets_the_next_request(self):
        tokens = self.mock.connect(ALICE)
        self.mock.fault(endpoint="refresh", status=503)
        with self.assertRaises(MockError) as refused:
            self.mock.refresh(tokens)
        self.assertEqual(refused.exception.status, 503)
        self.assertTrue(self.mock.refresh(tokens).access_token)

    def test_an_answer_that_is_no_json_is_an_error_that_says_so(self):
        for action in ("html", "truncated_json"):
            self.mock.fault(endpoint="token", action=action)
            with self.assertRaisesRegex(MockError, "/token answered what is no JSON"):
                self.mock.connect()

    def test_a_device_is_allowed_on_its_page(self):
        form = {"client_id": self.mock.client_id, "client_secret": self.mock.client_secret}
        device = self.mock._call("POST", self.mock.metadata()["device_authorization_endpoint"], form=form)
        self.assertTrue(self.mock.approve(device["verification_uri_complete"]).startswith(self.mock.issuer))
        tokens = self.mock.token(grant_type="urn:ietf:params:oauth:grant-type:device_code", device_code=device["device_code"])
        self.assertTrue(tokens.access_token)

    def test_faults_can_be_cleared(self):
        tokens = self.mock.connect(ALICE)
        self.mock.fault(endpoint="refresh", status=503)
        self.mock.clear_faults()
        self.assertTrue(self.mock.refresh(tokens).access_token)

    def test_a_client_can_be_added(self):
        self.mock.add_client("mine", "its secret", ["https://app.example/cb"])
        clients = self.mock.control("GET", "clients")["clients"]
        self.assertIn("mine", [client["client_id"] for client in clients])

    def test_a_refused_control_says_why(self):
        with self.assertRaisesRegex(MockError, "sideways"):
            self.mock.control("POST", "clock", {"sideways": "1h"})

    def test_a_reset_forgets_the_grants(self):
        tokens = self.mock.connect(ALICE)
        self.mock.reset()
        self.assert_dead(tokens)
        self.assertEqual(self.mock.grants(), [])


class TenantTest(unittest.TestCase):
    def test_tenants_share_a_process_and_nothing_else(self):
        with Mock.start() as mock, mock.tenant() as one, mock.tenant(name="other") as other:
            mine, theirs = one.connect(ALICE), other.connect(ALICE)
            one.advance("2h")
            self.assertEqual(other.revoke(BOB), 0)
            self.assertTrue(other.userinfo(theirs))
            with self.assertRaises(MockError):
                one.userinfo(mine)
            self.assertEqual(mock.journal(), [])

    def test_a_tenant_ends_when_told(self):
        with Mock.start() as mock:
            with mock.tenant() as tenant:
                tenant.metadata()
            with self.assertRaises(MockError):
                tenant.metadata()

    def test_a_tenant_makes_further_ones(self):
        with Mock.start() as mock, mock.tenant() as tenant:
            with tenant.tenant(name="beside") as beside:
                self.assertEqual(beside.url, mock.url + "/t/beside")
                beside.metadata()
            with self.assertRaises(MockError):
                beside.metadata()
            tenant.metadata()


class ProvidersTest(unittest.TestCase):
    LATER = {"facebook": "24h", "instagram": "24h", "threads": "24h"}  # some are not renewed before a day is over

    def test_a_user_is_connected_and_refreshed_at_every_provider(self):
        files = (HERE.parents[2] / "fixtures/providers").glob("*.json")
        with Mock.start() as mock:
            for file in sorted(files):
                with self.subTest(file.stem), mock.tenant(provider=file.stem) as tenant:
                    tokens = tenant.connect(BOB, scope="openid offline_access")
                    self.assertTrue(tenant.userinfo(tokens))
                    if not tokens.refresh_token and file.stem not in self.LATER:
                        self.assertEqual(json.loads(file.read_text())["mock"]["refresh_token"], "never")
                        continue
                    tenant.advance(self.LATER.get(file.stem, "1h"))
                    fresh = tenant.refresh(tokens)
                    self.assertNotEqual(fresh.access_token, tokens.access_token)
                    self.assertEqual(bool(fresh.refresh_token), bool(tokens.refresh_token))
                    self.assertTrue(tenant.userinfo(fresh))
                    with self.assertRaises(MockError):
                        tenant.refresh(dataclasses.replace(tokens, access_token="unknown", refresh_token="unknown"))

    def test_a_lifetime_that_comes_as_text_is_a_number(self):
        with Mock.start() as mock, mock.tenant(provider="naver") as naver, mock.tenant(provider="salesforce") as salesforce:
            self.assertEqual(naver.connect().expires_in, 3600)
            self.assertEqual(salesforce.connect().expires_in, 0)

    def test_the_application_says_what_it_asks_for(self):
        with Mock.start() as mock, mock.tenant(provider="slack") as slack:
            self.assertEqual(slack.connect(scope="chat:write users:read").scope, "chat:write,users:read")


class StartTest(unittest.TestCase):
    def test_a_program_that_is_no_coffer_is_an_error(self):
        with self.assertRaisesRegex(MockError, "ended with"):
            Mock.start("false")

    def test_two_run_side_by_side_and_end_when_told(self):
        with Mock.start() as one, Mock.start() as two:
            self.assertNotEqual(one.url, two.url)
        with self.assertRaises(OSError):
            one.metadata()


    def test_it_ends_with_a_process_that_was_killed(self):
        program = "import os; from coffer_testing import Mock; m = Mock.start(); print(m.url, flush=True); os.kill(os.getpid(), 9)"
        run = subprocess.run([sys.executable, "-c", program], cwd=HERE, capture_output=True, text=True, timeout=60)
        self.assert_ends(run.stdout.strip())

    def test_it_ends_with_a_process_that_forgot_it(self):
        program = "from coffer_testing import Mock; m = Mock.start(); print(m.url, flush=True)"
        run = subprocess.run([sys.executable, "-c", program], cwd=HERE, capture_output=True, text=True, timeout=60)
        self.assertEqual(run.stderr, "")
        self.assert_ends(run.stdout.strip())

    def assert_ends(self, url):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(url + "/_mock/clock", timeout=1).close()
            except OSError:
                return
        self.fail(f"{url} is still there")


class PytestTest(unittest.TestCase):
    TESTS = """
        pytest_plugins = ["coffer_testing"]

        def test_first(coffer_mock):
            assert coffer_mock.connect("alice@example.com").access_token
            assert len(coffer_mock.grants()) == 1

        def test_second(coffer_mock):
            assert coffer_mock.grants() == []
            with coffer_mock.tenant(freeze=True) as another:
                assert another.connect().access_token
            assert coffer_mock.grants() == []
    """

    def test_its_fixtures_start_one_mock_and_give_each_test_a_fresh_one(self):
        python = next((each for each in PYTHONS if subprocess.run([each, "-c", "import pytest"], capture_output=True).returncode == 0), None)
        if not python:
            self.skipTest("there is no pytest")
        with tempfile.TemporaryDirectory() as directory:
            pathlib.Path(directory, "test_it.py").write_text(textwrap.dedent(self.TESTS))
            run = subprocess.run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"], cwd=directory, capture_output=True, text=True,
                                 env=os.environ | {"PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}, timeout=120)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("2 passed", run.stdout)


if __name__ == "__main__":
    if len(sys.argv) > 1 and os.path.exists(sys.argv[1]):
        os.environ["COFFER"] = os.path.abspath(sys.argv.pop(1))
    unittest.main()
