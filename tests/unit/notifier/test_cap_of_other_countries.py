"""Messages shaped as the feeds of other countries are read and written again without loss.

The shapes (elements, codes, geocodes, several blocks) are those of real feeds; the texts are our own.
"""

import re
from datetime import datetime

import pytest
from lxml import etree

from buurtsein_notifier.cap import Level, check_schema, from_xml, to_xml, violations

HEAD = '<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
RING = "51.10,4.10 51.10,4.20 51.20,4.20 51.10,4.10"


def named(element: str, name: str, value: str) -> str:
    return f"<{element}><valueName>{name}</valueName><value>{value}</value></{element}>"


GERMANY = (
    "<identifier>DE-BY-A-W083-20261124-000</identifier><sender>DE-BY-A-W083</sender>"
    "<sent>2026-11-24T08:15:02+01:00</sent><status>Actual</status><msgType>Alert</msgType><source>Leitstelle</source>"
    "<scope>Public</scope><code>DVN:2</code><code>medien_ueberregional</code>"
    "<incidents>DE-BY-A-W083-20261124</incidents>"
    "<info><language>DE</language><category>Safety</category><event>Gefahreninformation</event>"
    "<responseType>Monitor</responseType><urgency>Immediate</urgency><severity>Minor</severity>"
    "<certainty>Observed</certainty>"
    + named("eventCode", "profile:DE-BBK-EVENTCODE:01.00", "BBK-EVC-040")
    + "<senderName>Leitstelle Nord</senderName><headline>Rauch im Hafen</headline>"
    "<description>Rauch zieht nach Osten.</description><instruction>Fenster schließen.</instruction>"
    + named("parameter", "instructionCode", "BBK-ISC-001 BBK-ISC-017")
    + named("parameter", "warnVerwaltungsbereiche", "091620000000")
    + "<area><areaDesc>Stadt am Fluss</areaDesc>"
    + named("geocode", "AreaId", "0")
    + named("geocode", "Rettungsdienstbereich", "091620000000")
    + "</area></info>"
)
UNITED_STATES = (
    "<identifier>urn:oid:2.49.0.1.840.0.abc.001.1</identifier><sender>weather@office.example</sender>"
    "<sent>2026-11-24T02:10:00-06:00</sent><status>Actual</status><msgType>Update</msgType><scope>Public</scope>"
    "<code>IPAWSv1.0</code>"
    "<references>weather@office.example,urn:oid:2.49.0.1.840.0.abc.000.1,2026-11-24T01:40:00-06:00</references>"
    "<info><language>en-US</language><category>Met</category><event>Tornado Warning</event>"
    "<responseType>Shelter</responseType><urgency>Immediate</urgency><severity>Extreme</severity>"
    "<certainty>Observed</certainty>"
    + named("eventCode", "SAME", "TOR")
    + named("eventCode", "NationalWeatherService", "TOW")
    + "<effective>2026-11-24T02:10:00-06:00</effective><onset>2026-11-24T02:10:00-06:00</onset>"
    "<expires>2026-11-24T02:45:00-06:00</expires><senderName>Weather office</senderName>"
    "<headline>Take shelter now</headline><description>* WHAT... a tornado.\n* WHERE... the north.</description>"
    "<instruction>Go to a cellar.</instruction><web>https://weather.example</web>"
    + named("parameter", "VTEC", "/O.CON.KXXX.TO.W.0001.000000T0000Z-261124T0845Z/")
    + named("parameter", "EAS-ORG", "WXR")
    + named("parameter", "CMAMtext", "Tornado. Take shelter now.")
    + f"<area><areaDesc>North; East</areaDesc><polygon>{RING}</polygon>"
    + named("geocode", "SAME", "048001")
    + named("geocode", "UGC", "TXC001")
    + "</area></info>"
)


def norwegian(language: str, event: str, headline: str) -> str:
    return (
        f"<info><language>{language}</language><category>Met</category><event>{event}</event>"
        "<responseType>Prepare</responseType><urgency>Future</urgency><severity>Moderate</severity>"
        "<certainty>Likely</certainty>"
        + named("eventCode", "eventType", "wind")
        + "<effective>2026-11-24T09:00:00+00:00</effective><onset>2026-11-24T15:00:00+00:00</onset>"
        "<expires>2026-11-25T03:00:00+00:00</expires><senderName>Weather institute</senderName>"
        f"<headline>{headline}</headline><description>{headline} - 20 m/s</description>"
        "<web>https://weather.example/no</web>"
        + named("parameter", "awareness_level", "2; yellow; Moderate")
        + named("parameter", "awareness_type", "1; Wind")
        + "<resource><resourceDesc>map</resourceDesc><mimeType>image/png</mimeType><size>12</size>"
        "<uri>https://weather.example/map.png</uri></resource>"
        f"<area><areaDesc>Kyst</areaDesc><polygon>{RING}</polygon>"
        + named("geocode", "MunicipalityId", "1103")
        + "<altitude>0</altitude><ceiling>985.5</ceiling></area></info>"
    )


NORWAY = (
    "<identifier>2.49.0.1.578.0.261124090000.001</identifier><sender>noreply@weather.example</sender>"
    "<sent>2026-11-24T09:00:00+00:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
    "<code>system_version 1.1</code><incidents>Storm</incidents>"
    + norwegian("no", "Kuling", "Sterk kuling")
    + norwegian("en-GB", "Gale", "Strong gale")
)
NETHERLANDS = (
    "<identifier>2.49.0.0.528.0.NL.261124.1</identifier><sender>weer@instituut.example</sender>"
    "<sent>2026-11-24T10:00:00+01:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
    + "".join(
        f"<info><language>{language}</language><category>Met</category><event>{event}</event>"
        "<responseType>Monitor</responseType><urgency>Future</urgency><severity>Severe</severity>"
        "<certainty>Possible</certainty><effective>2026-11-24T10:00:00+01:00</effective>"
        "<onset>2026-11-24T18:00:00+01:00</onset><expires>2026-11-25T02:00:00+01:00</expires>"
        f"<headline>{event} NL</headline><description>{event}: gladde wegen.</description>"
        + named("parameter", "awareness_level", "3; orange; Severe")
        + "<area><areaDesc>Zuiden</areaDesc>"
        + named("geocode", "EMMA_ID", "NL016")
        + "</area><area><areaDesc>Oosten</areaDesc>"
        + named("geocode", "EMMA_ID", "NL011")
        + "</area></info>"
        for language, event in (("nl-NL", "Code oranje gladheid"), ("en-GB", "Orange ice"))
    )
)
CANADA = (
    "<identifier>urn:oid:2.49.0.1.124.1.2026</identifier><sender>alerts@office.example</sender>"
    "<sent>2026-11-24T04:00:00-00:00</sent><status>Test</status><msgType>Cancel</msgType><source>Office</source>"
    "<scope>Public</scope><code>profile:CAP-CP:0.4</code><code>layer:SOREM:1.0</code><note>Test, essai</note>"
    "<references>alerts@office.example,urn:oid:2.49.0.1.124.0.2026,2026-11-24T03:00:00-00:00</references>"
    + "".join(
        f"<info><language>{language}</language><category>Other</category><category>Safety</category>"
        f"<event>{event}</event><responseType>AllClear</responseType><urgency>Past</urgency>"
        "<severity>Minor</severity><certainty>Observed</certainty><audience>general public</audience>"
        + named("eventCode", "profile:CAP-CP:Event:0.4", "testMessage")
        + f"<expires>2026-11-24T05:00:00-00:00</expires><headline>{event} !</headline>"
        + named("parameter", "layer:SOREM:1.0:Broadcast_Immediately", "No")
        + "<resource><resourceDesc>audio</resourceDesc><mimeType>audio/mpeg</mimeType><derefUri>aGFsbG8=</derefUri>"
        "<digest>c0ffee</digest></resource><area><areaDesc>Province</areaDesc><circle>51.1,4.1 12.5</circle>"
        + named("geocode", "profile:CAP-CP:Location:0.3", "24")
        + "</area></info>"
        for language, event in (("en-CA", "test"), ("fr-CA", "essai"))
    )
)
FEEDS = {
    "germany": GERMANY,
    "united states": UNITED_STATES,
    "norway": NORWAY,
    "netherlands": NETHERLANDS,
    "canada": CANADA,
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


def content(xml: bytes) -> list[tuple[str, str | datetime]]:
    """Return each element's name and text in order; a text that is a time becomes the moment that it means."""
    found = ((str(one.tag), (one.text or "").strip()) for one in etree.fromstring(xml).iter())
    return [(tag, datetime.fromisoformat(text) if TIME.fullmatch(text) else text) for tag, text in found]


@pytest.mark.parametrize("country", FEEDS)
def test_a_message_of_another_country_is_read_and_written_again_without_loss(country: str) -> None:
    xml = f"{HEAD}{FEEDS[country]}</alert>".encode()
    assert check_schema(xml) == []
    written = to_xml(from_xml(xml))
    assert check_schema(written) == []
    assert [one for one in content(written) if one[0].rpartition("}")[2] != "references"] == [
        one for one in content(xml) if one[0].rpartition("}")[2] != "references"
    ]
    assert from_xml(written) == from_xml(xml)


@pytest.mark.parametrize("country", FEEDS)
def test_our_rules_find_no_error_in_a_good_message_of_another_country(country: str) -> None:
    alert = from_xml(f"{HEAD}{FEEDS[country]}</alert>".encode())
    wrong = [one.code for one in violations(alert, now=alert.sent) if one.level is Level.ERROR]
    assert wrong == []
