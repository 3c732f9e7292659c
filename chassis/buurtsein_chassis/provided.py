"""What a service gives its routes, such as the dependencies of its handlers: asked for by its type."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute


class NotProvided(Exception):
    """A route asks for a type of which its service provides no object."""


class Provided:
    """A route's declaration that it needs the one object of a type."""

    def __init__(self, kind: type) -> None:
        """`kind` is the type of an object in `Service.provides`."""
        self.kind = kind

    async def __call__(self, request: Request) -> Any:
        """The object."""
        return request.app.state.provided[self.kind]


def provided(kind: type) -> Any:
    """Annotates a route's parameter: the object of this type that the service provides.

    `Given = Annotated[Dependencies, provided(Dependencies)]`
    """
    return Depends(Provided(kind))


def by_type(provides: Iterable[object]) -> Mapping[type, object]:
    """What a service provides, as routes ask for it."""
    return {type(one): one for one in provides}


def require_provided(routers: Iterable[APIRouter], provides: Mapping[type, object]) -> None:
    """Raise NotProvided for the first route that asks for what is not there."""
    routes = (route for router in routers for route in router.routes if isinstance(route, APIRoute))
    for route in routes:
        for call in called_by(route.dependant):
            if isinstance(call, Provided) and call.kind not in provides:
                raise NotProvided(f"{route.path} needs {call.kind.__name__}")


def called_by(dependant: Dependant) -> Iterator[object]:
    """Everything that a route calls for its parameters, at any depth."""
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from called_by(dependency)
