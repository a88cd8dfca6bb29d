import unittest
import uuid
from datetime import UTC, datetime

from lgsp_plugin import Document, Envelope, FieldError, Invalid
from lgsp_plugin.errors import MAX_FIELDS, text_of


def envelope(body: str) -> Envelope:
    return Envelope(
        id=uuid.UUID(int=1),
        source="soap",
        sender="H29.11",
        system="mot-cua",
        service="vidu",
        received=datetime(2026, 1, 5, tzinfo=UTC),
        body=body.encode(),
    )


class Words(unittest.TestCase):
    def test_the_element_of_a_message_is_found_bare_and_inside_a_soap_envelope(self) -> None:
        for space in "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope":
            for form in (
                "<Vd/>",
                f'<s:Envelope xmlns:s="{space}"><s:Header><Vk/></s:Header><s:Body><Vd/></s:Body></s:Envelope>',
            ):
                self.assertEqual(envelope(form).element().tag, "Vd")

    def test_an_element_that_is_only_called_envelope_is_a_message(self) -> None:
        self.assertEqual(
            envelope('<Envelope xmlns="urn:vidu"><Body><Vd/></Body></Envelope>').element().tag,
            "{urn:vidu}Envelope",
        )

    def test_an_envelope_without_a_message_is_returned_itself(self) -> None:
        space = "{http://schemas.xmlsoap.org/soap/envelope/}"
        for inside in "", "<s:Body/>":
            text = f'<s:Envelope xmlns:s="{space[1:-1]}">{inside}</s:Envelope>'
            self.assertEqual(envelope(text).element().tag, space + "Envelope")

    def test_a_document_is_sent_as_text_or_as_json_in_utf8(self) -> None:
        for body, want in (
            ("<A>Mẫu</A>", "<A>Mẫu</A>"),
            (b"abc", "abc"),
            ({"ten": "Mẫu", "so": [1, None]}, '{"ten":"Mẫu","so":[1,null]}'),
            ([], "[]"),
        ):
            self.assertEqual(Document(body).content(), want.encode())

    def test_what_cannot_be_sent_is_refused(self) -> None:
        for body, error in (
            (None, TypeError),
            (3, TypeError),
            ("\ud800", ValueError),
            ({"so": float("nan")}, ValueError),
        ):
            with self.assertRaises(error):
                Document(body).content()

    def test_a_bad_field_without_a_text_gets_the_one_of_its_code(self) -> None:
        self.assertIn("bắt buộc", text_of(FieldError("/Vd", "missing")))
        self.assertEqual(text_of(FieldError("/Vd", "missing", "Hãy điền.")), "Hãy điền.")
        self.assertTrue(text_of(FieldError("/Vd", "cua-rieng-toi")))

    def test_invalid_needs_a_field_and_lists_so_many_at_most(self) -> None:
        with self.assertRaises(ValueError):
            Invalid([])
        many = Invalid(FieldError(f"/Vd/A[{n}]", "date") for n in range(MAX_FIELDS + 7))
        self.assertEqual(len(many.fields), MAX_FIELDS)
        self.assertIn(str(MAX_FIELDS + 7), many.text)
