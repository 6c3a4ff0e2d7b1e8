namespace Iarnet.Store.Tests.Interop;

/// <summary>Starts scripts with the clients of this repository, connected to a store that is served.</summary>
internal static class Clients
{
    private const string PythonNeeds = "It needs /usr/bin/python3 with python3-grpcio, python3-protobuf, python3-cloudpickle and python3-numpy (apt-get install them, as ./eng/test.sh does).";
    private const string NodeNeeds = "It needs Node.js 18 or newer as 'node'.";

    private const string PythonBegin = """
        import array, gc, hashlib, os, pickle, sys, threading
        import numpy as np
        from iarnet_worker import PlainArray
        from iarnet_worker.store import *

        def say(*words):
            print(*words, flush=True)

        def sha(data):
            return hashlib.sha256(data).hexdigest()

        def key(text):
            return bytes.fromhex(text)

        store = StoreClient(os.environ["STORE"], "python", deadline=20)

        """;

    private const string NodeBegin = """
        import { createHash } from 'node:crypto';
        import { createInterface } from 'node:readline';
        const { StoreClient } = await import(process.env.CLIENT);
        const say = (...words) => console.log(...words);
        const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');
        const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
        const line = async () => (await lines.next()).value;
        const store = await StoreClient.connect({ folder: process.env.FOLDER, owner: 'node', deadline: 20_000 });

        """;

    public static string Root { get; } = FindRoot();

    public static async Task<ClientProcess> PythonAsync(ServedStore served, string script)
    {
        var file = await WriteAsync(served, ".py", PythonBegin + script);
        return ClientProcess.Start(PythonNeeds, PythonEnvironment(served), "/usr/bin/python3", file);
    }

    /// <summary>In a mount namespace of its own, in which the segment folder lies elsewhere and is hidden where the store has it.</summary>
    public static async Task<ClientProcess> PythonElsewhereAsync(ServedStore served, string folder, string script)
    {
        var file = await WriteAsync(served, ".py", PythonBegin + script);
        var environment = PythonEnvironment(served);
        environment["IARNET_SEGMENT_FOLDER"] = folder;
        var mount = $"mount --bind '{served.Segments.Path}' '{folder}' && mount -t tmpfs none '{served.Segments.Path}' && exec /usr/bin/python3 '{file}'";
        string[] arguments = Environment.IsPrivilegedProcess ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
        return ClientProcess.Start(PythonNeeds + " And to make a mount namespace, as root or with user namespaces.", environment, "unshare", [.. arguments, "sh", "-c", mount]);
    }

    public static async Task<ClientProcess> NodeAsync(ServedStore served, string script)
    {
        var file = await WriteAsync(served, ".mjs", NodeBegin + script);
        var environment = new Dictionary<string, string>
        {
            ["FOLDER"] = served.Segments.Path,
            ["CLIENT"] = new Uri(Path.Combine(Root, "workers", "node", "iarnet-store", "index.js")).AbsoluteUri,
        };
        return ClientProcess.Start(NodeNeeds, environment, "node", file);
    }

    public static async Task<string> RunPythonAsync(ServedStore served, string script)
    {
        await using var client = await PythonAsync(served, script);
        return await client.ReadToEndAsync();
    }

    public static async Task<string> RunNodeAsync(ServedStore served, string script)
    {
        await using var client = await NodeAsync(served, script + "\nawait store.close();\nprocess.exit();\n");
        return await client.ReadToEndAsync();
    }

    private static Dictionary<string, string> PythonEnvironment(ServedStore served) => new()
    {
        ["STORE"] = served.Address,
        ["PYTHONPATH"] = Path.Combine(Root, "workers", "python"),
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };

    private static async Task<string> WriteAsync(ServedStore served, string extension, string script)
    {
        var file = Path.Combine(served.RunFolder, Path.GetRandomFileName() + extension);
        await File.WriteAllTextAsync(file, script);
        return file;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "workers", "python", "iarnet_worker")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has the clients in 'workers'.");
        }

        return folder.FullName;
    }
}
