"""Pictures of values that a learner can take apart.

Every picture is drawn once, in Python, and has three forms: text (complete: what a screen
reader says and what tests read), SVG (stored in the notebook, shown without a kernel), and a
live widget. No view opens a socket, and none computes a fact of the protocol.
"""

from .accept_steps import AcceptSteps
from .browser_session import BrowserSession
from .builder import FrameBuilder
from .bytes_and_fields import BytesAndFields
from .charts import Comparison, RoundTrips
from .checklist import Checklist
from .closing_steps import ClosingSteps
from .cutter import StreamCutter
from .deflate_steps import DeflateSteps
from .difference import Difference
from .frame_checks import FrameChecks
from .ladder import Ladder
from .lanes import Lanes
from .length_forms import LengthForms
from .masking_steps import MaskingSteps
from .message_path import MessagePath
from .ordering import Ordering
from .picture import Picture
from .progress import Progress, Standing
from .question import Question
from .squares import Square, Squares
from .tanks import Tanks
from .timeline import Timeline
from .two_hops import TwoHops
from .utf8_steps import Utf8Steps
from .who_sends import WhoSends

__all__ = [
    "AcceptSteps", "BrowserSession", "BytesAndFields", "Checklist", "ClosingSteps", "Comparison",
    "DeflateSteps", "Difference", "FrameBuilder", "FrameChecks", "Ladder", "Lanes", "LengthForms",
    "MaskingSteps", "MessagePath", "Ordering", "Picture", "Progress", "Question", "RoundTrips",
    "Square", "Squares", "Standing", "StreamCutter", "Tanks", "Timeline", "TwoHops", "Utf8Steps",
    "WhoSends",
]  # fmt: skip
