"""From the models to the plain values the daemon works with."""

from bgpd.config.addresses import four_octets
from bgpd.config.build_control import log_settings, time_formats
from bgpd.config.build_neighbors import neighbor_settings
from bgpd.config.build_protocols import device_settings, direct_settings, kernel_settings, pipe_settings
from bgpd.config.build_statics import static_settings
from bgpd.config.configuration import Configuration
from bgpd.config.decision import Decision as DecisionModel
from bgpd.config.names import names_of
from bgpd.config.router import Confederation as ConfederationModel
from bgpd.config.values import MASTER, metrics_address
from bgpd.settings import Confederation, DaemonSettings, DecisionSettings


def build(configuration: Configuration) -> DaemonSettings:
    """Return the settings; the only files read are those that hold passwords."""
    router, control = configuration.router, configuration.control
    names = names_of(configuration)
    neighbors = zip(names.neighbors, configuration.neighbors, strict=True)
    return DaemonSettings(
        router_id=four_octets(router.id),
        asn=router.asn,
        cluster_id=four_octets(router.cluster_id),
        confederation=_confederation(router.confederation),
        tables=(MASTER, *router.tables),
        decision=_decision(configuration.decision),
        listen=router.listen,
        port=router.port,
        stop=router.stop,
        restart_wait=router.graceful_restart_wait,
        state_file=router.state_file,
        socket=control.socket,
        metrics=metrics_address(configuration.metrics.listen),
        device=device_settings(configuration, names.device),
        directs=tuple(direct_settings(configuration, names.directs)),
        kernels=tuple(kernel_settings(configuration, names.kernels)),
        statics=tuple(static_settings(configuration, names.statics)),
        pipes=tuple(pipe_settings(configuration, names.pipes)),
        neighbors=tuple(neighbor_settings(neighbor, name, router) for name, neighbor in neighbors),
        filters=configuration.definitions,
        order=control.order,
        dialect=control.dialect,
        time_formats=time_formats(control.timeformats),
        logs=tuple(log_settings(configuration.logs)),
        cluster=configuration.cluster_facts,
    )


def _confederation(confederation: ConfederationModel | None) -> Confederation | None:
    return Confederation(confederation.id, confederation.members) if confederation is not None else None


def _decision(decision: DecisionModel) -> DecisionSettings:
    return DecisionSettings(
        path_metric=decision.path_metric,
        med_metric=decision.med_metric,
        igp_metric=decision.igp_metric,
        prefer_older=decision.prefer_older,
        relaxed_paths=decision.relaxed_paths,
        unresolvable_last=decision.unresolvable == "last",
    )
