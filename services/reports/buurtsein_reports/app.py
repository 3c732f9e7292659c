"""Builds the service reports from its settings."""

from datetime import timedelta
from functools import partial

from buurtsein_chassis.blobs import BlobFolder, Blobs, FewReads
from buurtsein_chassis.blobs.bucket import BlobBucket
from buurtsein_chassis.service import Service
from buurtsein_chassis.settings import in_one_line
from buurtsein_chassis.tasks import Task
from buurtsein_chassis.virus_scan import Clamd
from buurtsein_kernel.clock import SystemClock
from buurtsein_kernel.places import Municipality
from buurtsein_reports import api, consumers, jobs
from buurtsein_reports.adapters import PhotoMaker
from buurtsein_reports.api.exports import ExportStore
from buurtsein_reports.api.photo_intake import PhotoIntake
from buurtsein_reports.domain.emergency import Emergencies
from buurtsein_reports.domain.emergency.proof import require_good
from buurtsein_reports.domain.figures import Disclosure
from buurtsein_reports.domain.neighbourhoods import Neighbourhoods
from buurtsein_reports.domain.texts import Catalogue
from buurtsein_reports.domain.tracking import Tracking
from buurtsein_reports.handlers import Complaints, Dependencies
from buurtsein_reports.manifest import EXPORTS, FIGURES, UNUSED_PHOTOS
from buurtsein_reports.settings import Settings
from buurtsein_reports.table_gauges import refresh_overdue
from buurtsein_reports.views import Openness


def compose(settings: Settings) -> Service:
    """Return the service, with its routes, its jobs and its subscriptions to the events of networks and alerts."""
    blobs = _blobs(settings)
    return Service(
        "reports",
        settings,
        routers=[api.router],
        facades=[api.FACADE],
        subscriptions=consumers.subscriptions(settings.nis),
        jobs={
            FIGURES: partial(jobs.count_reports, SystemClock()),
            EXPORTS: partial(
                jobs.make_exports, blobs, SystemClock(), timedelta(hours=settings.export_hours), settings.export_rows
            ),
            UNUSED_PHOTOS: partial(jobs.remove_unused_photos, blobs, SystemClock()),
        },
        table_gauges=[refresh_overdue],
        provides=_provided(settings, blobs) if Task.API in settings.tasks else [],
    )


def _provided(settings: Settings, blobs: Blobs | None) -> list[object]:
    """Return the objects for routes: the handlers' dependencies, photos, public figures and exports."""
    exports = ExportStore(blobs, settings.export_rows)
    return [_given(settings), _intake(settings, blobs), _openness(settings), exports]


def _openness(settings: Settings) -> Openness:
    """Return the smallest count that public figures show, and the number of inhabitants with its source."""
    return Openness(Disclosure(settings.figures_smallest), settings.inhabitants, settings.inhabitants_source)


def _given(settings: Settings) -> Dependencies:
    """Return the dependencies of the handlers that answer requests."""
    return Dependencies(
        SystemClock(),
        Catalogue.shipped(),
        _emergencies(settings),
        Municipality(settings.municipality_area, settings.nis),
        Tracking(settings.tracking_key.get_secret_value()),
        Complaints(str(settings.formal_complaint_url), str(settings.police_on_web_url)),
        timedelta(settings.reopening_days),
        settings.likeness_metres,
        settings.likeness_hours,
        settings.answer_days,
        settings.jurisdiction_id or settings.nis,
        settings.address_source(),
        _neighbourhoods(settings),
    )


def _neighbourhoods(settings: Settings) -> Neighbourhoods:
    """Return the neighbourhoods of the municipality; raise ValueError when their file cannot be used."""
    if settings.neighbourhoods_file is None:
        return Neighbourhoods()
    try:
        return Neighbourhoods.load(settings.neighbourhoods_file)
    except (OSError, ValueError) as error:
        raise ValueError(f"setting REPORTS_NEIGHBOURHOODS_FILE: {in_one_line(error)}") from error


def _blobs(settings: Settings) -> Blobs | None:
    """Return the store of photos, or None when none is set; raise ValueError when the folder cannot be used."""
    if settings.photos_url and settings.photos_key_id and settings.photos_key:
        where = (str(settings.photos_url), settings.photos_bucket, settings.photos_region)
        return FewReads(BlobBucket(*where, settings.photos_key_id, settings.photos_key))
    if settings.photos_folder is None:
        return None
    try:
        return FewReads(BlobFolder(settings.photos_folder))
    except OSError as error:
        raise ValueError(f"setting REPORTS_PHOTOS_FOLDER: {error.filename}: {error.strerror}") from error


def _intake(settings: Settings, blobs: Blobs | None) -> PhotoIntake:
    """Return the object that accepts photos, with the limits and the scanner in the settings."""
    scan = Clamd(settings.photo_scanner, seconds=20) if settings.photo_scanner else None
    maker = PhotoMaker(settings.photo_megapixels * 1_000_000, scan)
    return PhotoIntake(blobs, settings.photos_most, settings.photo_bytes, maker=maker)


def _emergencies(settings: Settings) -> Emergencies:
    """Return the police zone's lists of emergency words, or this package's; raise ValueError if unusable."""
    if settings.emergencies_file is None:
        return Emergencies.shipped()
    try:
        return require_good(Emergencies.load(settings.emergencies_file))
    except (OSError, ValueError) as error:
        raise ValueError(f"setting REPORTS_EMERGENCIES_FILE: {in_one_line(error)}") from error
