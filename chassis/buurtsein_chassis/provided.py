"""Gives routes the objects that their service provides, such as the dependencies of its handlers, by their type."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute


class NotProvided(Exception):
    """Raised when a route asks for an object of a type that its service does not provide."""


class Provided:
    """A FastAPI dependency that gives a route the service's object of one type."""

    def __init__(self, kind: type) -> None:
        """Take the type of the object, which must be one of the types in `Service.provides`."""
        self.kind = kind

    async def __call__(self, request: Request) -> Any:
        """Return the object of this dependency's type that the service provides."""
        return request.app.state.provided[self.kind]


def provided(kind: type) -> Any:
    """Return the annotation of a route's parameter that gets the object of this type.

    Example: `Given = Annotated[Dependencies, provided(Dependencies)]`
    """
    return Depends(Provided(kind))


def by_type(provides: Iterable[object]) -> Mapping[type, object]:
    """Return the objects that a service provides, by their type."""
    return {type(one): one for one in provides}


def require_provided(routers: Iterable[APIRouter], provides: Mapping[type, object]) -> None:
    """Check that the service provides each type for which a route asks; raise NotProvided for a missing type."""
    routes = (route for router in routers for route in router.routes if isinstance(route, APIRoute))
    for route in routes:
        for call in called_by(route.dependant):
            if isinstance(call, Provided) and call.kind not in provides:
                raise NotProvided(f"{route.path} needs {call.kind.__name__}")


def called_by(dependant: Dependant) -> Iterator[object]:
    """Yield all FastAPI dependencies of a route, also the dependencies of its dependencies."""
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from called_by(dependency)
