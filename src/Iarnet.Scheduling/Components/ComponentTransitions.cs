namespace Iarnet.Scheduling;

/// <summary>Which state may follow which. A component never goes back, and nothing is removed without having ended.</summary>
internal static class ComponentTransitions
{
    public static bool IsLegal(ComponentState from, ComponentState to) => (from, to) switch
    {
        (ComponentState.Reserved, ComponentState.Deploying or ComponentState.Failed) => true,

        // A component may end before its provider's answer to the deployment is seen.
        (ComponentState.Deploying, ComponentState.Running or ComponentState.Exited or ComponentState.Failed) => true,
        (ComponentState.Running, ComponentState.Exited) => true,
        (ComponentState.Exited or ComponentState.Failed, ComponentState.Removed) => true,
        _ => false,
    };
}
