namespace Iarnet.Scheduling.Tests.Components;

public sealed class ComponentTransitionsTests
{
    [Fact]
    public void Only_these_steps_are_legal()
    {
        var legal =
            from f in Enum.GetValues<ComponentState>()
            from t in Enum.GetValues<ComponentState>()
            where ComponentTransitions.IsLegal(f, t)
            select $"{f}>{t}";
        Assert.Equal(
            [
                "Reserved>Deploying", "Reserved>Failed", "Deploying>Running", "Deploying>Exited", "Deploying>Failed", "Running>Exited",
                "Exited>Removed", "Failed>Removed",
            ],
            legal);
    }

    [Fact]
    public void An_illegal_step_is_a_defect_and_changes_nothing()
    {
        var entry = new ComponentEntry(new ComponentId("a"), Domain.Asking(), new ProviderEntry(Domain.Provider("p")));
        Assert.Throws<InvalidOperationException>(() => entry.MoveTo(ComponentState.Running));
        Assert.Equal(ComponentState.Reserved, entry.State);
    }
}
