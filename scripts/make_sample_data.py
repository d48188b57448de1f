#!/usr/bin/env python3
"""Writes sample-data/: four exports, the truth about them and a related table.

    python3 scripts/make_sample_data.py [--out sample-data]

The interesting cases stand below, written by hand; `filler` adds plain contacts around them, drawn with a
fixed seed. Same script, same bytes. Standard library only. Every person, firm and number is invented; see
sample-data/README.md for what each case is for and where the telephone numbers come from.
"""
import argparse
import csv
import hashlib
import io
import random
from pathlib import Path

BC, SF, GG, WS = "business_central", "salesforce_contacts", "google_contacts", "webshop"
SEED = 20240229

# ---------------------------------------------------------------------------------------------- the cases

RECORDS = []  # (source, entity, row)
ENTITIES = 0


def entity(base, *records):
    """One person or firm: what is true of it, and per record the source and what that record says otherwise."""
    global ENTITIES
    ENTITIES += 1
    for source, changes in records:
        RECORDS.append((source, f"E{ENTITIES:04}", {**base, **changes}))


def person(first, prefix, last, **facts):
    return dict(first=first, prefix=prefix, last=last, **facts)


def company(name, **facts):
    return dict(company=name, is_company=True, **facts)


def vat_nl(stem):
    """A Dutch VAT number of the old form; the ninth digit is the check digit."""
    check = sum(int(d) * w for d, w in zip(f"{stem:08}", range(9, 1, -1))) % 11
    assert check < 10
    return f"NL{stem:08}{check}B01"


def vat_be(stem):
    return f"BE{stem:08}{97 - stem % 97:02}"


def vat_de(stem):
    product = 10
    for digit in f"{stem:08}":
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return f"DE{stem:08}{(11 - product) % 10}"


def one_person_many_spellings():
    # Nickname, typing error, national and international telephone, work and private mail.
    ashdown = person("William", "", "Ashdown", company="Ashdown Print Ltd", job="Director",
                     email="w.ashdown@ashdownprint.example", phone="020 7946 0101", mobile="07700 900101",
                     street="14 Tanner Street", postcode="SE1 3LD", city="London", country="GB", birth="1968-05-17")
    entity(ashdown, (BC, {}), (SF, dict(first="Bill", phone="+44 20 7946 0101", mobile="")),
           (GG, dict(first="Wiliam", email="bill.ashdown@mail.example", phone="", mobile="+447700900101", street="")))
    # Short name in another language, telephone with 00.
    entity(person("Katharina", "", "Lorenz", email="k.lorenz@optik-lorenz.example", company="Optik Lorenz e.K.",
                  phone="069 90009 110", street="Berger Straße 88", postcode="60316", city="Frankfurt am Main",
                  country="DE", birth="1979-11-02"),
           (SF, {}), (WS, dict(first="Käthe", phone="0049 69 90009110", company="", street="Berger Str. 88")),
           (GG, dict(first="Kathi", phone="+49 69 90009-110", city="Frankfurt", street="", postcode="")))
    # Particles: apart, abbreviated, in the surname, behind a comma.
    linden = person("Hendrik", "van der", "Linden", email="hendrik.vanderlinden@post.example", phone="010 555 01 11",
                    mobile="06-55501111", street="Oostzeedijk 212", postcode="3063 BN", city="Rotterdam",
                    country="NL", birth="1962-01-29")
    entity(linden, (BC, {}), (BC, dict(prefix="", last="v.d. Linden", first="H.", mobile="", email="", phone="+31 10 5550111")),
           (SF, dict(first="Henk", prefix="", last="v/d Linden", postcode="3063BN")),
           (WS, dict(prefix="", last="Linden, van der", phone="", mobile="0031 6 55501111")))
    # The same in Belgium, where the particle is part of the surname and written together or apart.
    entity(person("Koen", "", "Vandenbroucke", email="koen@vdbroucke.example", mobile="0470 55 01 12",
                  street="Kapellestraat 9 bus 3", postcode="8400", city="Oostende", country="BE", birth="1985-08-08"),
           (SF, {}), (WS, dict(last="Van den Broucke", mobile="+32 470 55 01 12", street="Kapellestraat 9 bte 3", city="Ostende")))
    # Everything in capitals; house number addition and street abbreviation.
    entity(person("Marijke", "van den", "Heuvel", email="marijke.heuvel@post.example", phone="030 555 01 13",
                  street="Burgemeester Reigerstraat 12a", postcode="3581 KR", city="Utrecht", country="NL", birth="1974-03-30"),
           (BC, {}), (WS, dict(first="MARIJKE", prefix="", last="VAN DEN HEUVEL", street="BURG. REIGERSTR. 12 A",
                               postcode="3581KR", city="UTRECHT", email="MARIJKE.HEUVEL@POST.EXAMPLE")))
    # First and last name in each other's column.
    entity(person("Tobias", "", "Konrad", email="tobias.konrad@mail.example", mobile="0171 3920014",
                  street="Deisterstraße 31", postcode="30449", city="Hannover", country="DE", birth="1991-06-12"),
           (SF, {}), (WS, dict(first="Konrad", last="Tobias", street="Deisterstr. 31")))
    entity(person("Ilse", "", "Maes", email="ilse.maes@post.example", mobile="0470 55 01 15", street="Turnhoutsebaan 140",
                  postcode="2140", city="Antwerpen", country="BE"),
           (BC, {}), (GG, dict(first="Maes", last="Ilse", mobile="0032470550115", city="Anvers", street="")))
    # Moved house: the mobile and the mail stayed.
    entity(person("Hannelore", "", "Brandt", email="hannelore.brandt@mail.example", mobile="0171 3920016",
                  phone="040 66969 116", street="Osterstraße 102", postcode="20259", city="Hamburg", country="DE", birth="1983-02-14"),
           (SF, dict(modified="2021-04-01")),
           (WS, dict(street="Kastanienallee 7", postcode="10435", city="Berlin", phone="030 23125 116", modified="2024-09-12")))
    # Married: new surname, new house, same mobile, mail and birth date.
    entity(person("Femke", "de", "Wit", email="femke.dewit@post.example", mobile="06-55501117", street="Anjelierstraat 44",
                  postcode="8441 EZ", city="Heerenveen", country="NL", birth="1990-12-05"),
           (SF, dict(modified="2020-07-15")),
           (WS, dict(prefix="", last="Jansen-de Wit", mobile="+31 6 55501117", street="Lindelaan 3", postcode="8447 AB",
                     modified="2024-05-02")),
           (GG, dict(prefix="", last="Jansen", mobile="0655501117", email="femke.dewit@post.example ::: femke.jansen@mail.example",
                     street="", modified="")))
    # Accents kept, dropped, written out; one of two surnames.
    entity(person("María José", "", "García López", email="mariajose.garcia@correo.example", mobile="+34 600 555 018",
                  street="Calle Mayor 3, 2º B", postcode="28013", city="Madrid", country="ES", birth="1987-09-15"),
           (SF, {}), (GG, dict(first="Maria Jose", last="Garcia", mobile="600555018", street="Calle Mayor 3")))
    entity(person("Jürgen", "", "Groß", email="j.gross@steinbach-bau.example", company="Gebr. Steinbach GmbH & Co. KG",
                  job="Geschäftsführer", phone="089 99998 119", street="Lindenallee 7", postcode="80331", city="München",
                  country="DE", birth="1965-07-23"),
           (BC, {}), (SF, dict(first="Juergen", last="Gross", phone="+49 (0)89 99998-119", city="Munich", company_id="7")),
           (WS, dict(first="J.", last="Gross", birth="")))
    # Initials only, and an unreadable umlaut from a broken import (mojibake).
    entity(person("Joanna", "", "Kowalczyk", email="joanna.kowalczyk@mail.example", mobile="07700 900120",
                  street="5 Ropewalk Court", postcode="NG1 5AB", city="Nottingham", country="GB", birth="1988-04-21"),
           (SF, {}), (GG, dict(first="J.", mobile="+44 7700 900120", birth="")))
    entity(person("Günter", "", "Köhler", email="guenter.koehler@mail.example", phone="0221 4710 121",
                  street="Schönhauser Straße 19", postcode="50968", city="Köln", country="DE", birth="1957-10-03"),
           (WS, {}), (GG, dict(first="GÃ¼nter", last="KÃ¶hler", city="KÃ¶ln", street="SchÃ¶nhauser StraÃŸe 19", birth="")))
    # Day and month changed places; the year and all else agree.
    entity(person("Sofie", "", "Peeters", email="sofie.peeters@post.example", mobile="0470 55 01 22",
                  street="Diestsestraat 61", postcode="3000", city="Leuven", country="BE", birth="1992-04-09"),
           (SF, {}), (WS, dict(birth="1992-09-04", city="Louvain")))
    # A chain: the first and the last record share only the name; the one between holds them together.
    entity(person("Declan", "", "Hartigan", street="", city="Leeds", country="GB"),
           (SF, dict(email="d.hartigan@hartigan-joinery.example", phone="0113 496 0123", street="8 Canal Row",
                     postcode="LS1 4EF", company="Hartigan Joinery")),
           (BC, dict(email="d.hartigan@hartigan-joinery.example", mobile="07700 900123", street="8 Canal Row", postcode="LS1 4EF")),
           (GG, dict(email="declan.h@mail.example", mobile="+44 7700 900123")))
    # Typed in three times in one system, which finds no duplicates among persons.
    entity(person("Yasmina", "", "El Idrissi", email="y.elidrissi@korenaar.example", company="Bakkerij De Korenaar B.V.",
                  job="Inkoper", mobile="06-55501124", street="Kerkstraat 12", postcode="3011 AB", city="Rotterdam", country="NL"),
           (BC, {}), (BC, dict(first="Yasmina El", last="Idrissi", email="", mobile="+31655501124")),
           (BC, dict(first="Jasmina", last="el Idrissi", email="Y.ElIdrissi@Korenaar.Example", mobile="", company="De Korenaar")))


def not_the_same():
    # Household: surname, address and land line shared, the mailbox too; never one person.
    home = dict(phone="0513 555 131", street="Dorpsweg 8", postcode="8453 JA", city="Oranjewoud", country="NL")
    entity(person("Peter", "", "Hoekstra", email="familie.hoekstra@post.example", birth="1971-01-18", mobile="06-55501131", **home),
           (SF, {}), (WS, dict(phone="+31 513 555131", mobile="")))
    entity(person("Anja", "", "Hoekstra", email="familie.hoekstra@post.example", birth="1973-06-25", mobile="06-55501132", **home),
           (SF, {}), (GG, dict(phone="", street="Dorpsweg 8")))
    entity(person("Ravi", "", "Desai", email="ravi.desai@mail.example", mobile="07700 900132", phone="0161 496 0132",
                  street="27 Wilbraham Road", postcode="M14 6FS", city="Manchester", country="GB"), (SF, {}))
    entity(person("Meena", "", "Desai", email="meena.desai@mail.example", mobile="07700 900133", phone="0161 496 0132",
                  street="27 Wilbraham Road", postcode="M14 6FS", city="Manchester", country="GB"), (SF, {}), (WS, {}))
    # Father and son of one name: birth dates and, once, a generation mark tell them apart.
    smit = dict(phone="020 555 01 34", street="Rozengracht 77", postcode="1016 LT", city="Amsterdam", country="NL")
    entity(person("Karel", "", "Smit", email="karel.smit@post.example", birth="1951-03-02", **smit), (SF, {}), (WS, {}))
    entity(person("Karel", "", "Smit", email="k.smit84@post.example", birth="1984-08-19", mobile="06-55501134", **smit), (SF, {}), (WS, dict(phone="")))
    entity(person("George", "", "Pemberton", email="george@pemberton.example", phone="0131 496 0135", street="3 Moray Place",
                  postcode="EH3 6DS", city="Edinburgh", country="GB", birth="1949-12-11"), (SF, {}))
    entity(person("George", "", "Pemberton Jr", email="george.jr@pemberton.example", phone="0131 496 0135", street="3 Moray Place",
                  postcode="EH3 6DS", city="Edinburgh", country="GB", birth="1980-02-27"), (SF, {}))
    # Twins: birth date, surname and address agree, given names are one letter apart.
    for first, mail in [("Lisa", "lisa.vos"), ("Lise", "lise.vos")]:
        entity(person(first, "", "Vos", email=f"{mail}@post.example", birth="2001-05-09", phone="050 555 01 36",
                      street="Oosterstraat 55", postcode="9711 NS", city="Groningen", country="NL"), (SF, {}))
    # Namesakes in one city.
    for street, postcode, mail, birth, mobile in [
            ("Leopoldstraße 20", "80802", "thomas.mueller@mail.example", "1970-09-01", "0171 3920037"),
            ("Tegernseer Landstraße 155", "81539", "t.mueller77@post.example", "1977-03-22", "0171 3920038")]:
        entity(person("Thomas", "", "Müller", email=mail, birth=birth, mobile=mobile, street=street, postcode=postcode,
                      city="München", country="DE"), (SF, {}), (WS, {}))
    for street, postcode, mail in [("Javastraat 140", "1094 HP", "jan.devries@post.example"),
                                   ("Overtoom 301", "1054 HW", "jandevries61@mail.example"),
                                   ("Meer en Vaart 12", "1068 ZX", "jdv@devriesadvies.example")]:
        entity(person("Jan", "de", "Vries", email=mail, street=street, postcode=postcode, city="Amsterdam", country="NL"), (WS, {}))
    # Colleagues: firm, address, switchboard and mail domain shared.
    firm = dict(company="Meridian Freight Ltd", phone="0121 496 0140", street="Unit 4, Canal Wharf", postcode="B1 2AA",
                city="Birmingham", country="GB", company_id="3")
    entity(person("Aisha", "", "Rahman", email="a.rahman@meridianfreight.example", job="Operations Manager", **firm),
           (BC, {}), (SF, dict(phone="+44 121 496 0140", email="A.Rahman@MeridianFreight.example")))
    entity(person("Amir", "", "Rahman", email="am.rahman@meridianfreight.example", job="Driver Planner", **firm), (BC, {}))
    entity(person("Colin", "", "Fairweather", email="c.fairweather@meridianfreight.example", job="Finance Director", **firm),
           (BC, {}), (SF, {}), (GG, dict(first="Col", mobile="07700 900141", street="")))
    entity(person("Grace", "", "Okafor", email="g.okafor@meridianfreight.example", job="HR Adviser", **firm), (SF, {}))
    entity(company("Meridian Freight Ltd", email="office@meridianfreight.example", phone="0121 496 0140",
                   street="Unit 4, Canal Wharf", postcode="B1 2AA", city="Birmingham", country="GB",
                   website="www.meridianfreight.example"),
           (BC, {}), (GG, dict(company="Meridian Freight Limited", street="Canal Wharf, Unit 4")))
    # A mailbox of the firm that two people use, and the firm itself.
    shop = dict(company="Claes Papier", email="info@claespapier.example", phone="09 243 55 45", street="Sint-Pietersnieuwstraat 21",
                postcode="9000", city="Gent", country="BE")
    entity(person("Wouter", "", "Claes", job="Zaakvoerder", **shop), (BC, {}), (WS, dict(city="Gand")))
    entity(person("Els", "", "Claes", job="Winkel", **shop), (BC, {}))
    entity(company("Claes Papier BV", **{k: v for k, v in shop.items() if k != "company"}, vat=vat_be(4035512)),
           (BC, {}), (BC, dict(company="Claes Papier", vat="", phone="+32 9 243 55 45")), (WS, dict(company="CLAES PAPIER BVBA")))
    # A person and the record of the firm that is run from the kitchen table.
    zand = dict(email="ruud@zandstra-loodgieters.example", phone="058 555 01 47", mobile="06-55501147", street="Voorstreek 60",
                postcode="8911 JR", city="Leeuwarden", country="NL")
    entity(person("Ruud", "", "Zandstra", company="Zandstra Loodgieters", **zand), (BC, {}), (SF, {}))
    entity(company("Zandstra Loodgieters", **zand), (BC, {}), (WS, dict(company="Zandstra Loodgieters V.O.F.", mobile="")))
    # A mother's mailbox in the record of her son.
    entity(person("Ingrid", "", "Falk", email="ingrid.falk@mail.example", mobile="0171 3920048", street="Am Markt 2",
                  postcode="28195", city="Bremen", country="DE", birth="1976-07-07"), (WS, {}), (GG, {}))
    entity(person("Jonas", "", "Falk", email="ingrid.falk@mail.example", street="Am Markt 2", postcode="28195",
                  city="Bremen", country="DE", birth="2004-10-30"), (WS, {}))


def firms():
    entity(company("Bakkerij De Korenaar B.V.", email="info@korenaar.example", phone="010 555 01 50", street="Kerkstraat 12",
                   postcode="3011 AB", city="Rotterdam", country="NL", website="https://www.korenaar.example", vat=vat_nl(12345678)),
           (BC, {}), (BC, dict(company="De Korenaar Bakkerij BV", phone="+31 (0)10 555 01 50", email="", vat="", website="")),
           (GG, dict(company="Bakkerij de Korenaar", city="ROTTERDAM", street="Kerkstr. 12", website="korenaar.example")))
    entity(company("Harper & Lowe Ltd", email="sales@harperlowe.example", phone="020 7946 0151", street="221 Upper Street",
                   postcode="N1 1RU", city="London", country="GB", website="www.harperlowe.example"),
           (BC, {}), (WS, dict(company="Harper and Lowe Limited", email="office@harperlowe.example", phone="+44 20 7946 0151")),
           (GG, dict(company="Harper + Lowe", email="", street="")))
    entity(company("Gebr. Steinbach GmbH & Co. KG", email="info@steinbach-bau.example", phone="089 99998 100",
                   street="Lindenallee 7", postcode="80331", city="München", country="DE", vat=vat_de(81112223)),
           (BC, {}), (WS, dict(company="Gebrüder Steinbach GmbH und Co KG", street="Lindenallee 7-9", phone="+49 89 99998100")))
    # A bilingual city, and a street that has a name in each language.
    entity(company("Papeterie du Canal SRL", email="contact@papeterieducanal.example", phone="0470 55 01 53",
                   street="Rue de Flandre 118", postcode="1000", city="Bruxelles", country="BE", vat=vat_be(7123456)),
           (BC, {}), (WS, dict(company="Papeterie du Canal SPRL", street="Vlaamsesteenweg 118", city="Brussel", phone="+32 470 550153")))
    # Branches in two towns, and a holding beside its operating company: alike, not the same.
    chain = dict(website="www.kwikfietsen.example", country="NL")
    entity(company("Kwik Fietsen Utrecht B.V.", email="utrecht@kwikfietsen.example", phone="030 555 01 54", street="Nachtegaalstraat 40",
                   postcode="3581 AL", city="Utrecht", vat=vat_nl(20455503), **chain), (BC, {}), (GG, dict(company="Kwik Fietsen (Utrecht)")))
    entity(company("Kwik Fietsen Zwolle B.V.", email="zwolle@kwikfietsen.example", phone="038 555 01 55", street="Assendorperstraat 91",
                   postcode="8012 DH", city="Zwolle", vat=vat_nl(20455511), **chain), (BC, {}))
    tower = dict(phone="040 555 01 56", street="Kanaaldijk 5", postcode="5611 GA", city="Eindhoven", country="NL")
    entity(company("Brandsma Techniek B.V.", email="info@brandsmatechniek.example", vat=vat_nl(30455502), **tower),
           (BC, {}), (WS, dict(company="Brandsma Techniek bv")))
    entity(company("Brandsma Techniek Holding B.V.", email="info@brandsmatechniek.example", vat=vat_nl(30455510), **tower), (BC, {}))
    # A firm typed in as a person, and one whose name is also a surname.
    entity(company("Oak & Anchor Brewing Co. Ltd", email="hello@oakandanchor.example", phone="0117 496 0158", street="2 Harbour Lane",
                   postcode="BS1 5DB", city="Bristol", country="GB"),
           (BC, {}), (SF, dict(is_company=False, first="", prefix="", last="Oak and Anchor Brewing Company Ltd", company_id="9")))
    entity(company("Winkelmann Möbel AG", email="service@winkelmann-moebel.example", phone="030 23125 159", street="Torstraße 140",
                   postcode="10119", city="Berlin", country="DE"),
           (WS, {}), (GG, dict(company="Winkelmann Moebel", phone="+49 30 23125159")))
    # A valid number that belongs to another firm was pasted here: the names disagree.
    entity(company("Hofstede Tuinen", email="info@hofstedetuinen.example", street="Singel 4", postcode="3311 HE", city="Dordrecht",
                   country="NL", vat=vat_nl(12345678)), (BC, {}))


def junk():
    entity(person("Test", "", "xxx", company="n/a", email="test@test", phone="000000", mobile="0", street="-", postcode="0000",
                  city="?", country="NL", job="."), (BC, {}))
    entity(person("asdf", "", "asdf", email="a@a", phone="123", street="xxx", city="xxx", country="DE"), (WS, {}))
    # A note that a spreadsheet would run as a formula.
    entity(person("Noor", "", "Bakkali", email="noor.bakkali@post.example", mobile="06-55501161", city="Almere", country="NL",
                  notes='=HYPERLINK("http://evil.example","klik")'), (SF, {}), (GG, dict(notes="")))


# ---------------------------------------------------------------------------------------------- plain contacts

GIVEN = dict(
    NL="Bram Daan Eva Fleur Gijs Joris Lotte Mees Niels Roos Sanne Thijs Wessel Iris Maud Jelle".split(),
    BE="Arne Britt Dries Elke Jonas Lien Nathalie Olivier Pieter Ruben Stijn Tine Vincent Céline".split(),
    DE="Anke Bernd Claudia Dirk Elena Frank Heike Ingo Jana Lars Monika Oliver Petra Sven Uwe Vera".split(),
    GB="Alice Brian Chloe Daniel Emma Fiona Graham Harriet Isaac Kate Liam Nadia Oscar Priya Rupert Zoe".split())
FAMILY = dict(
    NL="Aalbers|Boersma|Dijkgraaf|Elzinga|Gerritsma|van Hasselt|Kooistra|Leemans|Mulderij|Noordhoek|de Ruig|Sikkema|Terpstra|Veltkamp|Wiersum|ten Cate".split("|"),
    BE="Baeten|Cuypers|D'Hondt|Everaert|Gilis|Huysmans|Lambrechts|Nijs|Pieraerts|Rombouts|Somers|Tielemans|Vanhove|Wellens".split("|"),
    DE="Ahlers|Bergfeld|Dornbusch|Eickhoff|Feldkamp|Grothe|Hellwig|Isenberg|Kaltenbach|Lindner|Möllenkamp|Niehaus|Ostermann|Rehbein|Sühring|Tiemann".split("|"),
    GB="Abbotsford|Birtwistle|Chadwick|Dunmore|Eastwood|Featherstone|Gilchrist|Hollis|Kendrick|Lockwood|Merriweather|Nuttall|Oakes|Pickering|Rowntree|Thackeray".split("|"))
PLACES = dict(
    NL=[("Haarlem", "2011 {}", "023 555 0{:03}"), ("Arnhem", "6811 {}", "026 555 0{:03}"), ("Breda", "4811 {}", "076 555 0{:03}"), ("Den Haag", "2511 {}", "070 555 0{:03}")],
    BE=[("Brugge", "8000", "050 55 5{:03}"), ("Mechelen", "2800", "015 55 5{:03}"), ("Hasselt", "3500", "011 55 5{:03}")],
    DE=[("Berlin", "10{:03}", "030 23125 {:03}"), ("Hamburg", "20{:03}", "040 66969 {:03}"), ("Köln", "50{:03}", "0221 4710 {:03}"), ("München", "80{:03}", "089 99998 {:03}")],
    GB=[("London", "E{} 4{}", "020 7946 0{:03}"), ("Manchester", "M{} 3{}", "0161 496 0{:03}"), ("Leeds", "LS{} 2{}", "0113 496 0{:03}"), ("Glasgow", "G{} 1{}", "0141 496 0{:03}")])
STREETS = dict(NL="Beukenlaan Havenstraat Molenweg Parkweg Schoolstraat Wilgenplein".split(),
               BE="Dorpsstraat Kasteellaan Nieuwstraat Stationsstraat Veldstraat Molendreef".split(),
               DE="Ahornweg Bahnhofstraße Gartenstraße Goethestraße Mühlenweg Rosenstraße".split(),
               GB=["Ashfield Road", "Bridge Street", "Church Lane", "Mill Lane", "Queens Avenue", "Station Road"])
DIAL = dict(NL="+31", BE="+32", DE="+49", GB="+44")
FILLERS, TWICE_SHARE = 104, 0.3


def ascii_mail(text):
    for a, b in [("ü", "ue"), ("ö", "oe"), ("é", "e"), ("'", ""), (" ", "")]:
        text = text.replace(a, b)
    return text.lower()


def international(phone, country):
    return DIAL[country] + phone.replace(" ", "").lstrip("0")


def letters(rng, n):
    return "".join(rng.choice("ABDEGHJLNPRSTUWXYZ") for _ in range(n))


def filler(rng):
    seen = set()
    number = 200
    while len(seen) < FILLERS:
        country = rng.choice(["NL", "NL", "BE", "DE", "GB"])
        first, last = rng.choice(GIVEN[country]), rng.choice(FAMILY[country])
        if (first, last) in seen:
            continue
        seen.add((first, last))
        number += 1
        city, postcode, phone = rng.choice(PLACES[country])
        postcode = {"NL": lambda: postcode.format(letters(rng, 2)), "BE": lambda: postcode,
                    "DE": lambda: postcode.format(rng.randrange(100, 999)),
                    "GB": lambda: postcode.format(rng.randrange(1, 9), letters(rng, 2))}[country]()
        house = rng.randrange(1, 190)
        street = f"{house} {rng.choice(STREETS[country])}" if country == "GB" else f"{rng.choice(STREETS[country])} {house}"
        prefix, _, bare = last.rpartition(" ") if country == "NL" else ("", "", last)
        base = person(first, prefix, bare, email=f"{ascii_mail(first)}.{ascii_mail(last)}@{rng.choice(['mail', 'post'])}.example",
                      phone=phone.format(number), street=street, postcode=postcode, city=city, country=country,
                      birth=f"{rng.randrange(1948, 2003)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
                      modified=f"{rng.randrange(2019, 2025)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}")
        if rng.random() < 0.2:
            base["birth"] = ""
        sources = rng.sample([BC, SF, GG, WS], k=2 if rng.random() < TWICE_SHARE else 1)
        changes = {}
        if len(sources) == 2:
            changes["phone"] = international(base["phone"], country)
            slip = rng.choice(["mail", "letter", "initial", "street", "none"])
            if slip == "mail":
                changes["email"] = ""
            elif slip == "letter" and len(bare) > 4:
                at = rng.randrange(1, len(bare) - 2)
                changes["last"] = bare[:at] + bare[at + 1] + bare[at] + bare[at + 2:]
            elif slip == "initial":
                changes["first"] = first[0] + "."
            elif slip == "street":
                changes["street"], changes["postcode"] = "", ""
        entity(base, *[(source, changes if at else {}) for at, source in enumerate(sources)])


# ---------------------------------------------------------------------------------------------- the exports

COUNTRY_NAMES = dict(NL="Nederland", BE="België", DE="Deutschland", GB="United Kingdom", ES="España")
GERMAN_COUNTRIES = dict(NL="Niederlande", BE="Belgien", DE="Deutschland", GB="Großbritannien", ES="Spanien")


def get(row, key):
    return row.get(key, "") or ""


def surname(row):
    return f"{get(row, 'prefix')} {get(row, 'last')}".strip()


def full_name(row):
    return f"{get(row, 'first')} {surname(row)}".strip()


def dmy(iso, separator):
    return separator.join(reversed(iso.split("-"))) if iso else ""


def business_central(rows):
    heads = ("Nr.;Naam;Soort;Bedrijfsnaam;Voornaam;Tussenvoegsel;Achternaam;Functie;Adres;Adres 2;Postcode;Plaats;Land-/regiocode;"
             "Telefoonnr.;Mobiel telefoonnr.;E-mail;Homepage;Btw-nr.;Verkoperscode;Zoeknaam;Laatst gewijzigd op").split(";")
    table = []
    for row in rows:
        name = get(row, "company") if row.get("is_company") else full_name(row)
        table.append([row["id"], name, "Bedrijf" if row.get("is_company") else "Persoon", get(row, "company"), get(row, "first"),
                      get(row, "prefix"), get(row, "last"), get(row, "job"), get(row, "street"), "", get(row, "postcode"),
                      get(row, "city"), get(row, "country"), get(row, "phone"), get(row, "mobile"), get(row, "email"),
                      get(row, "website"), get(row, "vat"), "JO", name.upper(), dmy(get(row, "modified"), "-")])
    return delimited(heads, table, ";", "\r\n", csv.QUOTE_MINIMAL), "utf-8-sig"


def salesforce_contacts(rows):
    heads = ("Id,IsDeleted,MasterRecordId,AccountId,LastName,FirstName,Salutation,Name,OtherStreet,OtherCity,OtherState,OtherPostalCode,"
             "OtherCountry,MailingStreet,MailingCity,MailingState,MailingPostalCode,MailingCountry,Phone,Fax,MobilePhone,HomePhone,"
             "OtherPhone,AssistantPhone,ReportsToId,Email,Title,Department,AssistantName,LeadSource,Birthdate,Description,OwnerId,"
             "HasOptedOutOfEmail,DoNotCall,CreatedDate,CreatedById,LastModifiedDate,LastModifiedById,SystemModstamp,LastActivityDate,"
             "EmailBouncedReason,EmailBouncedDate").split(",")
    table = []
    for row in rows:
        account = get(row, "company_id")
        modified = get(row, "modified")
        cells = dict(Id=row["id"], IsDeleted="0", AccountId=f"001A0000000000{account:>04}" if account else "", LastName=surname(row),
                     FirstName=get(row, "first"), Name=full_name(row), MailingStreet=get(row, "street"), MailingCity=get(row, "city"),
                     MailingPostalCode=get(row, "postcode"), MailingCountry=COUNTRY_NAMES[row["country"]], Phone=get(row, "phone"),
                     MobilePhone=get(row, "mobile"), Email=get(row, "email"), Title=get(row, "job"), Birthdate=get(row, "birth"),
                     Description=get(row, "notes"), OwnerId="005A0000001", CreatedDate="2018-02-01 09:15",
                     LastModifiedDate=f"{modified} 16:02" if modified else "")
        table.append([cells.get(head, "") for head in heads])
    return delimited(heads, table, ",", "\n", csv.QUOTE_ALL), "utf-8"


def google_contacts(rows):
    heads = ("First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,Nickname,"
             "File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,"
             "E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,"
             "Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,"
             "Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address,Website 1 - Label,Website 1 - Value").split(",")
    table = []
    for row in rows:
        block = "\n".join(line for line in [get(row, "street"), f"{get(row, 'postcode')} {get(row, 'city')}".strip(),
                                            COUNTRY_NAMES[row["country"]]] if line)
        label = "* Work" if get(row, "company") else "* Home"
        cells = {"First Name": get(row, "first"), "Last Name": surname(row), "Organization Name": get(row, "company"),
                 "Organization Title": get(row, "job"), "Birthday": get(row, "birth"), "Notes": get(row, "notes"),
                 "Labels": "* myContacts", "E-mail 1 - Label": label if get(row, "email") else "", "E-mail 1 - Value": get(row, "email"),
                 "Phone 1 - Label": "Work" if get(row, "phone") else "", "Phone 1 - Value": get(row, "phone"),
                 "Phone 2 - Label": "Mobile" if get(row, "mobile") else "", "Phone 2 - Value": get(row, "mobile"),
                 "Address 1 - Label": "Home", "Address 1 - Formatted": block, "Address 1 - Street": get(row, "street"),
                 "Address 1 - City": get(row, "city"), "Address 1 - Postal Code": get(row, "postcode"),
                 "Address 1 - Country": row["country"], "Website 1 - Value": get(row, "website")}
        table.append([cells.get(head, "") for head in heads])
    return delimited(heads, table, ",", "\n", csv.QUOTE_MINIMAL), "utf-8"


def webshop(rows):
    heads = ("Kundennummer;Vorname;Nachname;Firma;Straße;PLZ;Ort;Land;Telefon;Mobiltelefon;E-Mail-Adresse;Geburtsdatum;"
             "Newsletter;Geändert am").split(";")
    table = []
    for at, row in enumerate(rows):
        table.append([row["id"], get(row, "first"), surname(row), get(row, "company"), get(row, "street"), get(row, "postcode"),
                      get(row, "city"), GERMAN_COUNTRIES[row["country"]], get(row, "phone"), get(row, "mobile"), get(row, "email"),
                      dmy(get(row, "birth"), "."), "ja" if at % 3 else "nein", dmy(get(row, "modified"), ".")])
    text = delimited(heads, table, ";", "\r\n", csv.QUOTE_MINIMAL)
    # A separator typed into a name, unquoted, makes one cell too many: this row belongs in quarantine.
    lines = text.split("\r\n")
    lines.insert(len(lines) // 2, "K999;Petra;Nowak;Nowak; Kunst und Rahmen;Hauptstraße 5;01097;Dresden;Deutschland;"
                                  "0351 000000;;petra@nowak-rahmen.example;12.03.1969;ja;01.02.2023")
    return "\r\n".join(lines), "cp1252"


def delimited(heads, table, delimiter, line_end, quoting):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([heads, *table])
    return out.getvalue()


WRITERS = {BC: business_central, SF: salesforce_contacts, GG: google_contacts, WS: webshop}
ID_FORMS = {BC: lambda n: f"CT{n:06}", SF: lambda n: f"003A{n:014}", WS: lambda n: f"K{n:03}"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "sample-data")
    out = parser.parse_args().out
    rng = random.Random(SEED)
    for part in (one_person_many_spellings, not_the_same, firms, junk):
        part()
    filler(rng)
    (out / "exports").mkdir(parents=True, exist_ok=True)

    truth, orders = [], []
    for source, write in WRITERS.items():
        rows = [(entity_id, dict(row)) for origin, entity_id, row in RECORDS if origin == source]
        rng.shuffle(rows)  # the copies of one contact do not stand together
        for at, (_, row) in enumerate(rows):
            row["id"] = ID_FORMS[source](at + 1) if source in ID_FORMS else ""
            row.setdefault("modified", f"{rng.randrange(2018, 2025)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}")
        text, encoding = write([row for _, row in rows])
        (out / "exports" / f"{source}.csv").write_bytes(text.encode(encoding))
        if source not in ID_FORMS:
            name_by_content(text, rows)
        truth += [[source, row["id"], entity_id] for entity_id, row in rows]
        if source in (BC, WS):
            orders += [[source, row["id"], rng.randrange(1500, 90000)] for _, row in rng.sample(rows, 30)]
    rng.shuffle(orders)
    save(out / "truth.csv", ["source", "record_id", "entity_id"], sorted(truth))
    save(out / "orders.csv", ["order_no", "contact_source", "contact_id", "amount_eur"],
         [[f"SO{at:05}", source, record, f"{cents / 100:.2f}"] for at, (source, record, cents) in enumerate(orders, 1)])
    print(f"{len(RECORDS)} records, {ENTITIES} entities, {len(orders)} orders")


def name_by_content(text, rows):
    """Record ids of an export that has none, made as alike makes them: `h` and half of a SHA-256 over the filled cells.

    Headings and cells in order of headings, each after its length in four bytes.
    """
    for cells, (_, row) in zip(csv.DictReader(io.StringIO(text, newline="")), rows, strict=True):
        content = b""
        for heading, cell in sorted(cells.items()):
            for part in (heading, cell) if cell else ():
                content += len(part.encode()).to_bytes(4, "little") + part.encode()
        row["id"] = "h" + hashlib.sha256(content).hexdigest()[:16]


def save(path, heads, table):
    path.write_text(delimited(heads, table, ",", "\n", csv.QUOTE_MINIMAL), encoding="utf-8")


if __name__ == "__main__":
    main()
