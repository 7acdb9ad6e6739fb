from tfnets.artifacts.export import export_model as export_model
from tfnets.artifacts.export import export_saved_model as export_saved_model
from tfnets.artifacts.weights import restore_weights as restore_weights
from tfnets.errors import InputError as InputError
from tfnets.execute import resume as resume_study
from tfnets.execute import start as run_study
from tfnets.inputs.attacks import attack as attack
from tfnets.inputs.covering.faithfulness import deletion as deletion
from tfnets.inputs.covering.occlusion import occlude as occlude
from tfnets.inputs.maximize import maximize as maximize
from tfnets.methods.estimators import AnomalyDetector as AnomalyDetector
from tfnets.methods.estimators import FewLabelClassifier as FewLabelClassifier
from tfnets.methods.labels.learning import learn as learn
from tfnets.metrics.frechet import frechet_distance as frechet
from tfnets.models import load as load
from tfnets.report import build_report as build_report
from tfnets.tracing.cost import cost as cost
from tfnets.tracing.receptive_field import field as receptive_field
from tfnets.training.conditional import ConditionalGAN as ConditionalGAN
from tfnets.training.cycle_gan import CycleGAN as CycleGAN
from tfnets.training.gan import GAN as GAN
from tfnets.training.translation import Translation as Translation

__version__: str
