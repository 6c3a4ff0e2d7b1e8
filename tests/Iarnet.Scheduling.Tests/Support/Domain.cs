using Iarnet.Resources;

namespace Iarnet.Scheduling.Tests;

internal static class Domain
{
    public static async Task<DomainResourceManager> Start(DomainOptions? options = null, TimeProvider? time = null, params ScriptedProvider[] providers)
    {
        var manager = new DomainResourceManager(providers, options, time: time, random: new SeededRandom(1));
        await manager.StartAsync();
        return manager;
    }

    public static Task<DomainResourceManager> Start(params ScriptedProvider[] providers) => Start(null, null, providers);

    public static ComponentRequest Asking(string cpu = "0", string memory = "0", int gpus = 0, string name = "job", params string[] tags) =>
        new(name, "main") { Resources = ResourceRequest.Parse(cpu, memory, gpus, tags) };

    public static ScriptedProvider Provider(string id, string cpu = "4", string memory = "4Gi", int gpus = 0, params string[] tags) =>
        new(id, ResourceAmounts.Parse(cpu, memory, gpus), tags);

    public static async Task<DomainView> Sees(this DomainResourceManager manager, Func<DomainView, bool> wanted, string what)
    {
        return await Find().Within(what);

        async Task<DomainView> Find()
        {
            await foreach (var view in manager.WatchAsync())
            {
                if (wanted(view))
                {
                    return view;
                }
            }

            throw new InvalidOperationException($"The views ended while waiting for {what}.");
        }
    }
}
