"""A polite request does not hide an emergency, and a condition or a question is not an emergency."""

from pathlib import Path

import pytest
from unit.reports.test_emergencies import LISTS, SHIPPED

from buurtsein_reports.domain.emergency import Emergencies, Strength

EMERGENCIES = [
    "Zou u iemand kunnen sturen er staat een man met een mes in mijn tuin",
    "Could you send someone there is a man with a knife in my garden",
    "Een man loopt als een gek rond met een mes",
    "Zouden jullie kunnen komen er is brand bij de buren",
    "Zou er iemand kunnen komen hier staat een man met een mes",
    "Als u iemand kan sturen er staat een man met een mes in mijn tuin",
    "Hij bloedt als een rund hij is neergestoken",
    "Zou iemand kunnen komen een man bedreigt mijn buurvrouw met een mes",
    "Zou u vlug kunnen komen het huis van de buren staat in brand",
    "Zou u kunnen komen mijn vader is bewusteloos",
    "Ik zou graag melden er is iemand aan het inbreken",
    "Ik zou graag melden dat er is ingebroken en hij is nog binnen",
    "Would someone be able to come there is a fire in the kitchen",
    "Could you come quickly someone is breaking into my house",
    "I would like to report that there is a man with a knife in my garden",
    "If you can send someone there is a man with a gun in the street",
    "Could the police come a man is attacking a woman",
    "Est-ce que quelqu'un pourrait venir il y a un homme avec un couteau dans mon jardin",
    "Pourriez-vous envoyer quelqu'un il y a un homme avec un couteau dans mon jardin",
    "Si vous pouvez venir il y a le feu chez les voisins",
    "S'il vous plaît envoyez quelqu'un il y a le feu dans la maison",
    "Pourrait-on envoyer la police un homme menace ma voisine avec un couteau",
    "Könnten Sie jemanden schicken es steht ein Mann mit einem Messer in meinem Garten",
    "Könnte jemand kommen da ist ein Mann mit einem Messer",
    "Könnten Sie kommen es brennt in der Küche",
    "Zou de politie eens kunnen langskomen mijn buurman is gewond",
    "Zou u kunnen komen ik zie iemand inbreken bij de buren",
    "Kunt u komen als u tijd hebt er ligt een man bewusteloos op straat",
    "Het huis brandt als een fakkel",
    "Hij bloedt als een rund",
    "Een man zwaait als een bezetene met een mes",
    "Could you come fast my neighbour is being attacked with a knife",
    "Would you please send the fire brigade the house is on fire",
    "Pourriez-vous venir vite ma mère est inconsciente",
    "Vous pourriez venir quelqu'un est en train d'entrer par effraction",
    "Könnten Sie schnell kommen mein Vater ist bewusstlos",
    "Könnten Sie die Polizei schicken jemand bricht gerade bei den Nachbarn ein",
    "Zou u iemand kunnen sturen voor een man met een mes in mijn tuin",
    "Könnten Sie bitte jemanden schicken wegen einem Mann mit einem Messer",
    "Pourriez-vous venir un homme avec un couteau menace ma voisine",
    "Zou de politie kunnen langskomen er zijn twee mannen aan het vechten op straat",
    "Zouden jullie direct kunnen komen mijn ex staat hier met een mes",
    "Zou je kunnen doorgeven dat er brand is in de Kerkstraat",
    "Zou u een patrouille willen sturen ze breken in bij nummer 14",
    "Als jullie kunnen komen graag er ligt iemand bewusteloos in het park",
    "Hij slaat als een gek op mijn vader",
    "Ze rijden als gekken en een kind is aangereden",
    "Could an officer come by there are two men fighting with knives",
    "Would it be possible to send help my wife is unconscious",
    "Could somebody help he is hitting her right now",
    "Might be too late but there is a burglar in the house next door",
    "Pourrait-on venir vite il y a quelqu'un dans mon jardin avec une arme",
    "Si possible envoyez une ambulance mon père est inconscient",
    "Si quelqu'un peut venir la maison du voisin brûle",
    "Könnte bitte jemand kommen mein Nachbar wird gerade überfallen",
    "Wenn möglich schicken Sie die Feuerwehr das Haus brennt",
    "Könnten Sie helfen er schlägt seine Frau",
]
ASKED_ABOUT = [
    "Could you send the police for a man with a knife in my garden",
    "Pourrait-on envoyer la police pour un homme avec un couteau dans mon jardin",
    "I would appreciate it if you came there is smoke coming out of the flat",
    "Würden Sie bitte kommen da steht ein Mann mit einem Messer",
]
HARMLESS = [
    "Als er een brand zou zijn, wie bel ik dan?",
    "Als er een brand zou zijn wie bel ik dan",
    "Wie bel ik als er brand is",
    "Als er is ingebroken bel ik dan 101 of de wijkagent",
    "Wat moet ik doen als een man met een mes in mijn tuin staat",
    "Als een inbreker mijn huis binnenkomt wat moet ik doen",
    "Wie moet ik bellen als een kind in het water valt",
    "Zou u kunnen zeggen of er brand is geweest",
    "Ik zou graag weten wat er is gebeurd met de brand vorige week",
    "Zou u kunnen uitleggen wat ik doe als er een man met een mes staat",
    "If there is a fire who do I call",
    "What would happen if there is a fire in the tunnel",
    "Could you tell me what to do when there is a man with a knife",
    "I would like to know whether there is a fire extinguisher in the hall",
    "What if someone is breaking into my house who do I call",
    "S'il y a un incendie qui dois-je appeler",
    "Pourriez-vous me dire quoi faire s'il y a un homme avec un couteau",
    "Que faire s'il y a le feu chez les voisins",
    "Si il y a un incendie qui appeler",
    "Könnten Sie mir sagen was ich tun soll wenn es brennt",
    "Wenn es brennt wen rufe ich an",
    "Könnten Sie mir sagen ob es einen Brand gab",
    "Wat als er is ingebroken",
    "Bel ik 101 als een inbreker in mijn huis is",
    "Zou iemand de kapotte lamp kunnen herstellen er is een gat in het voetpad",
    "Could you repair the bench there is a broken plank",
    "Zou u iemand kunnen sturen om te praten over inbraak",
    "Zou u iemand kunnen sturen om de gasmeter af te lezen",
    "Could you send someone to check the smoke detectors in the school",
    "Could you send someone to talk about burglary prevention",
    "Zou u iemand kunnen sturen voor de kapotte lamp in de straat",
    "Könnten Sie jemanden schicken um die Bank zu reparieren",
    "Pourrait-on envoyer quelqu'un pour réparer le banc",
    "Zou er iemand kunnen komen kijken naar het sluikstort",
    "De hond blaft als een zot",
    "Zou u de straatlamp kunnen herstellen ze is al weken stuk en brandt niet",
    "Als iemand is gevallen op het ijs wie is dan verantwoordelijk",
    "Als er een kind is gebeten door een hond wie moet ik dan verwittigen",
    "Als een man is bewusteloos wat doe ik dan",
    "If someone is shot who should I call",
    "If a man is attacking a woman what should I do",
    "What should I do if there is a gas leak",
    "Si quelqu'un est blessé qui dois-je appeler",
    "Si un homme est blessé qui appeler",
    "Wenn jemand verletzt ist wen rufe ich an",
    "Falls es brennt wo ist der Sammelplatz",
    "Could the city explain why there is smoke in the air",
    "Wat moet er gebeuren als er is geschoten",
    "Als je ziet dat er is ingebroken bel dan 101",
    "If you see that there is a fire call 112",
    "Zou er zijn ingebroken of is het slot gewoon stuk",
    "Zou de stad een brandoefening kunnen doen er is er nog nooit een geweest",
    "Als buurman zou ik graag weten waar er is ingebroken",
    "Could there be a camera because there is a lot of litter",
    "Würde es helfen wenn es brennt einen Feuerlöscher zu haben",
    "Si vous voyez que quelqu'un est blessé qui faut-il appeler",
    "Zou u kunnen zeggen of een man met een mes hier vaker komt",
    "Pourrait-on savoir s'il y a eu un incendie",
    "Een hond blaft als een gek",
    "Zou er hier niet beter een brandmelder hangen",
    "Als er weer brand is zoals in 2019 weet ik niet waar naartoe",
    "Zou u me kunnen zeggen wie ik bel als er iemand gewond is",
    "Als ik een inbreker zie moet ik dan 101 of 112 bellen",
    "Mocht er ooit brand zijn dan is de poort te smal",
    "Zou het niet gevaarlijk zijn als er een kind op straat speelt",
    "Could you put up a sign that says what to do if someone is injured",
    "It would be nice if there were less smoke from barbecues",
    "Would the fire brigade still get through if there is a fire in our street",
    "If he is gone I would like the bike back",
    "Pourriez-vous expliquer ce qu'il faut faire quand il y a le feu",
    "Si le chien aboie encore je pourrais appeler",
    "Könnten Sie erklären was man macht wenn jemand bewusstlos ist",
    "Wenn es brennt ist die Gasse zu eng",
    "Falls jemand mein Fahrrad findet es ist rot",
    "Als de poort open is kan iedereen binnen in de garage",
    "Het zou fijn zijn als de buren minder stoken er is altijd rook",
]


@pytest.mark.parametrize("text", EMERGENCIES)
def test_a_polite_request_does_not_hide_an_emergency(text: str) -> None:
    assert LISTS.strength(text) is Strength.STRONG


@pytest.mark.parametrize("text", ASKED_ABOUT)
def test_a_polite_request_that_may_be_an_emergency_leads_to_a_question(text: str) -> None:
    assert LISTS.strength(text) is Strength.WEAK


@pytest.mark.parametrize("text", HARMLESS)
def test_a_condition_or_a_question_is_no_emergency(text: str) -> None:
    assert LISTS.strength(text) is Strength.NONE


def test_lists_of_a_zone_from_before_polite_requests_can_still_be_read(tmp_path: Path) -> None:
    before = SHIPPED.replace("\npolite = [", "\n# polite = [").split("\n# polite = [")
    head, tail = before[0], before[1].partition("\nover = [")[2]
    path = tmp_path / "emergencies.toml"
    path.write_text(f"{head.rpartition('# Words for a polite')[0]}\nover = [{tail}", encoding="utf-8")
    assert Emergencies.load(path).strength("Er is brand.") is Strength.STRONG
