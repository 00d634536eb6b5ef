# A GenServer, a task and a process that fail, then the script itself.
require Logger

defmodule Cart do
  use GenServer
  def init(state), do: {:ok, state}
  def handle_call({:take, item}, _from, state), do: {:reply, Map.fetch!(state, item), state}
end

Logger.info("started")
{:ok, cart} = GenServer.start(Cart, %{1 => 2})

try do
  GenServer.call(cart, {:take, 3})
catch
  :exit, _ -> Logger.warning("slow")
end

Task.start(fn -> raise ArgumentError, "item 4 is gone" end)
Process.sleep(300)
spawn(fn -> :erlang.error(:badarith) end)
Process.sleep(300)
Logger.error("no stock")
IO.puts("ready")
raise "gone"
