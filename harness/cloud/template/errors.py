"""The mistakes a template can contain: one class each, all of them a `TemplateError`.

The code that finds a mistake words it; the class says which it is, so that a test, a hint
or a page can speak about one mistake and no other.
"""

import difflib
from collections.abc import Iterable

from harness.cloud.errors import SubmissionError
from harness.cloud.template.tree import Place


class TemplateError(SubmissionError):
    """The template, or the folder it lies in, cannot be deployed."""

    def at(self, file: str, place: Place | None = None) -> "TemplateError":
        """The same error, with file and place filled in where they were open."""
        self.file = self.file or file
        if place and not self.line:
            self.line, self.column = place
        return self


# ---- the folder -----------------------------------------------------------------------------


class FolderMissing(TemplateError):
    """There is no such folder, or it is a file, or it cannot be read."""


class TemplateMissing(TemplateError):
    """The folder holds no template.yaml."""


class LinkOutside(TemplateError):
    """A symbolic link in the folder leads out of it."""


class CodeUriOutside(TemplateError):
    """A function's code is not in the folder."""


class HandlerMissing(TemplateError):
    """A function's handler names a module that its CodeUri does not hold."""


# ---- YAML -----------------------------------------------------------------------------------


class TemplateNotYaml(TemplateError):
    """The file is not text, or not YAML, or not one mapping."""


class TemplateTooLarge(TemplateError):
    """More bytes, levels, nodes, resources or expanded text than any honest template has."""


class DuplicateKey(TemplateError):
    """A mapping has the same key twice, so one of the two would be lost."""


class UnknownTag(TemplateError):
    """A YAML tag which CloudFormation does not have."""


class UnsupportedYaml(TemplateError):
    """A feature of YAML that CloudFormation does not read: merge keys, cyclic aliases."""


class AmbiguousValue(TemplateError):
    """A plain value that YAML readers understand differently (`no`, `010`, `1:30`)."""


class EmptyValue(TemplateError):
    """A key without a value: CloudFormation refuses null."""


# ---- sections, references, intrinsic functions --------------------------------------------------


class UnknownSection(TemplateError):
    """A section or a resource attribute which templates do not have."""


class TransformMissing(TemplateError):
    """A SAM resource in a template that does not ask for SAM, or another transform."""


class MissingParameter(TemplateError):
    """A parameter has neither a value nor a default."""


class ParameterRefused(TemplateError):
    """A parameter's value breaks the parameter's own rules."""


class UnresolvedReference(TemplateError):
    """Ref, GetAtt, Sub, DependsOn, Condition or FindInMap names what is not there."""


class CircularReference(TemplateError):
    """Things that need each other first."""


class UnsupportedFunction(TemplateError):
    """An intrinsic function or transform this simulator does not have."""


class MalformedFunction(TemplateError):
    """An intrinsic function whose argument has the wrong form."""


# ---- resources ------------------------------------------------------------------------------------


class UnknownResourceType(TemplateError):
    """A resource type that does not exist, or that this simulator does not have."""


class UnknownProperty(TemplateError):
    """A property the resource type does not have."""


class UnsupportedProperty(TemplateError):
    """A property AWS has and this simulator does not: leaving it out could change a verdict."""


class MissingProperty(TemplateError):
    """A property without which AWS does not create the resource."""


class WrongType(TemplateError):
    """A property's value is of another type than AWS takes."""


class PropertyOutOfRange(TemplateError):
    """A property's value is of the right type, and one AWS does not take."""


class PropertiesContradict(TemplateError):
    """Each of the values is fine; together AWS refuses them."""


class ReservedVariable(TemplateError):
    """An environment variable that belongs to Lambda."""


class DuplicateRoute(TemplateError):
    """Two functions behind the same method and path of one API."""


class DuplicateName(TemplateError):
    """Two resources of one kind with the same physical name."""


class DuplicateMapping(TemplateError):
    """Two event source mappings from one source to one function."""


class SourceOutside(TemplateError):
    """An event source, target or destination that this template does not create."""


class VisibilityTooShort(TemplateError):
    """A queue's visibility timeout is below the timeout of the function that consumes it."""


def nearest(name: str, names: Iterable[str]) -> str:
    """The one of the names that is most likely meant, or "" if none is close."""
    by_folded = {known.casefold(): known for known in names}
    close = difflib.get_close_matches(name[:100].casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else ""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A suggestion for the Try line, or ""."""
    close = nearest(name, names)
    return f"write {close}, if that is what you mean" if close else ""
