import { mount } from 'svelte';
import App from './App.svelte';
import '../list.css';

mount(App, { target: document.body });
